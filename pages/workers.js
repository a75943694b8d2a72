// The editor's language services run in workers, each a file of its own beside this one.
const files = { json: "json.worker.js", graphql: "graphql.worker.js" };

globalThis.MonacoEnvironment = {
  getWorker(_, language) {
    const file = files[language] ?? "editor.worker.js";
    return new Worker(new URL(file, import.meta.url), { type: "module", name: language });
  },
};
