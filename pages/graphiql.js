// GraphiQL over the service's own /graphql. A key given as /graphql#key=... goes into the headers editor: what stands
// behind the # is never sent to a server, and it is taken out of the address at once.
import "./workers.js";
import "graphiql/style.css";
import { GraphiQL } from "graphiql";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

async function ask(question, options = {}) {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", ...options.headers },
    body: JSON.stringify(question),
  });
  return answer.json();
}

function keyFromAddress() {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (key) history.replaceState(null, "", location.pathname + location.search);
  return key ?? "";
}

const key = keyFromAddress();
const headers = JSON.stringify({ Authorization: `Bearer ${key}` }, null, 2);
const question = document.querySelector("template#question").content.textContent.trim();

createRoot(document.querySelector("#page")).render(
  createElement(GraphiQL, {
    fetcher: ask,
    defaultQuery: question,
    defaultHeaders: headers,
    initialHeaders: key ? headers : undefined,
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    plugins: [], // no history: it would write the key into the browser's storage
    defaultEditorToolsVisibility: "headers",
  }),
);
