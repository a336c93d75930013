/* Swagger UI normalizes the whole document for each part that it shows, which takes seconds. All our references are to
 * components of the same document, so following them is enough. */
function resolveSubtree(openapi, path) {
  const at = keys => keys.reduce((node, key) => node && node[key], openapi);
  function inline(node, open) {
    if (Array.isArray(node)) return node.map(item => inline(item, open));
    if (node === null || typeof node !== "object") return node;
    const reference = node.$ref;
    if (typeof reference === "string" && reference.startsWith("#/")) {
      // A schema that contains itself is shown as a reference the second time.
      if (open.includes(reference)) return node;
      const { $ref, ...others } = node;
      const target = inline(at(reference.slice(2).split("/")), [...open, reference]);
      return { ...target, ...others, $$ref: reference };
    }
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, inline(value, open)]));
  }
  return Promise.resolve({ errors: [], spec: inline(at(path), []) });
}

const quickStart = () => ({
  fn: { resolveSubtree },
  statePlugins: {
    spec: {
      wrapActions: {
        // The document is JSON, which the browser reads much faster than Swagger UI's YAML parser.
        parseToJson: (_original, { specActions }) => text => specActions.updateJsonSpec(JSON.parse(text))
      }
    }
  }
});

window.onload = function () {
  window.ui = SwaggerUIBundle({
    url: "/v1/openapi.json",
    dom_id: "#swagger-ui",
    plugins: [quickStart],
    deepLinking: true,
    tryItOutEnabled: true,
    persistAuthorization: false,
    // Two hundred operations unfolded take a phone many seconds.
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    filter: true,
    showCommonExtensions: true,
    // By default the document is sent to an external validator.
    validatorUrl: "none"
  });
};
