window.onload = function () {
  window.ui = SwaggerUIBundle({
    url: "/v1/openapi.json",
    dom_id: "#swagger-ui",
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
