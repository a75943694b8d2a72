"""The pages that people open in a browser: GraphiQL and Swagger UI, served from the package itself."""
