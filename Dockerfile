# The service without a database of its own: docker-compose.yml puts a Neo4j beside it.
FROM python:3.11-slim AS wheel
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.11-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
COPY requirements.lock /tmp/requirements.lock
RUN pip install --no-cache-dir --require-hashes --requirement /tmp/requirements.lock
COPY --from=wheel /wheel /tmp/wheel
RUN pip install --no-cache-dir --no-deps /tmp/wheel/*.whl \
    && rm -r /tmp/wheel /tmp/requirements.lock \
    && useradd --create-home retell
USER retell
WORKDIR /home/retell
EXPOSE 8000
ENTRYPOINT ["retell"]
CMD ["serve", "--host", "0.0.0.0"]
