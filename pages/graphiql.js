// GraphiQL over the service's own /graphql. A key given as /graphql#key=... goes into the headers editor: what stands
// behind the # is never sent to a server, and it is taken out of the address at once.
import "./workers.js";
import "graphiql/style.css";
import { GraphiQL } from "graphiql";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

async function post(question, accept, options) {
  return fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: accept, ...options.headers },
    body: JSON.stringify(question),
  });
}

// The answers to a subscription as they come: server-sent events, each with one answer.
async function* watch(question, options) {
  const answer = await post(question, "text/event-stream", options);
  if (!answer.ok) {
    yield answer.json();
    return;
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let rest = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        if (event.startsWith("event: complete")) return;
        if (event.startsWith("event: next")) yield JSON.parse(event.slice(event.indexOf("data: ") + 6));
      }
    }
  } finally {
    await reader.cancel();
  }
}

function isSubscription(question, options) {
  const operations = (options.documentAST?.definitions ?? []).filter((one) => one.kind === "OperationDefinition");
  const asked = operations.find((one) => !question.operationName || one.name?.value === question.operationName);
  return asked?.operation === "subscription";
}

async function ask(question, options = {}) {
  if (isSubscription(question, options)) return watch(question, options);
  return (await post(question, "application/json", options)).json();
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
