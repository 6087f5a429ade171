/**
 * Adapts Swagger UI to this API and to phones. Hides what has no use here: the bar for another description, the column of
 * links between operations, headers of answers, which each answer shows, and the choice to send empty values, which the page
 * makes itself.
 */
const style = `
  *, *::before, *::after { box-sizing: border-box; }
  body { margin: 0; background: #fafafa; }
  .swagger-ui .topbar, .swagger-ui .response-col_links, .swagger-ui .parameter__empty_value_toggle { display: none; }
  .swagger-ui .headers-wrapper, .swagger-ui .response-control-media-type__accept-message { display: none; }
  .swagger-ui audio { display: block; width: 100%; max-width: 480px; margin: 8px 0; }
  .swagger-ui .listen {
    max-height: 360px; margin: 8px 0; padding: 8px; border: 1px solid #3b41514d; border-radius: 4px; overflow-y: auto;
    list-style: none;
  }
  .swagger-ui .listen li { margin: 0 0 12px; font-size: 14px; overflow-wrap: anywhere; }
  .swagger-ui .listen q { margin-left: 8px; font-style: italic; }
  .swagger-ui .listen audio { margin: 4px 0; height: 40px; }
  .swagger-ui .highlight-code > .microlight { max-height: 120px; }
  .swagger-ui .opblock-body .opblock-description-wrapper { padding: 12px 20px 0; }
  .swagger-ui .opblock-body .table-container { padding: 12px 20px; }
  .swagger-ui table tbody tr td, .swagger-ui .parameters-col_description .renderedMarkdown p { padding-bottom: 2px; }
  .swagger-ui .closed-response td, .swagger-ui .closed-response td:first-of-type { padding: 3px 0 0; font-size: 13px; }
  .swagger-ui .closed-response button {
    width: 100%; padding: 2px 0; border: 0; background: none; color: inherit; font: inherit; text-align: left;
    cursor: pointer;
  }
  .swagger-ui .closed-response button::after { content: " ▸"; }
  .swagger-ui .closed-response button[aria-expanded="true"]::after { content: " ▾"; }
  @media (min-width: 641px) {
    .swagger-ui .opblock-section-request-body .opblock-description-wrapper { padding: 0; }
    .swagger-ui .opblock-section-request-body .parameters-col_description {
      display: grid; grid-template-columns: 340px 1fr; column-gap: 16px; align-items: center; width: 100%;
    }
    .swagger-ui .opblock-section-request-body .parameters-col_description > .renderedMarkdown { order: 1; }
    .swagger-ui .opblock-section-request-body .parameters-col_description > .renderedMarkdown p { margin: 0; padding: 0; }
    .swagger-ui .opblock-section-request-body .parameters-col_description :is(input, select) { margin: 0; }
    .swagger-ui .opblock-section-request-body tr.parameters td { margin: 0; padding: 2px 0; }
    .swagger-ui .opblock-section-request-body .parameter__type { padding: 0; }
    .swagger-ui .execute-wrapper { padding: 8px 20px; }
  }
  @media (max-width: 640px) {
    .swagger-ui .wrapper { padding: 0 10px; }
    .swagger-ui .scheme-container .schemes { flex-wrap: wrap; }
    .swagger-ui .try-out__btn { min-width: 0; padding: 5px 10px; }
    .swagger-ui .opblock .opblock-summary-control { flex-wrap: wrap; }
    .swagger-ui .opblock .opblock-summary-path { max-width: 100%; flex-basis: calc(100% - 90px); }
    .swagger-ui .opblock .opblock-summary-path, .swagger-ui .opblock .opblock-summary-description { padding: 2px 10px; }
    .swagger-ui .opblock-section-header { flex-wrap: wrap; gap: 8px; height: auto; }
    .swagger-ui .parameters-col_description input { width: 100%; max-width: 100%; min-width: 0; }
    .swagger-ui .response-col_status { width: 52px; }
    .swagger-ui .modal-ux { min-width: 0; width: calc(100% - 20px); }
  }
`;

/**
 * Returns the page of Swagger UI. Nest's own page has no viewport setting, so phones show it as wide as a desktop.
 *
 * @param base URL of the folder of Swagger UI's files, with a slash at the end
 */
export function pageHtml(base: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Timbre API</title>
  <link rel="stylesheet" href="${base}swagger-ui.css">
  <link rel="icon" type="image/png" href="${base}favicon-32x32.png" sizes="32x32">
  <style>${style}</style>
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="${base}swagger-ui-bundle.js"></script>
  <script src="${base}swagger-ui-standalone-preset.js"></script>
  <script src="${base}swagger-ui-init.js"></script>
</body>
</html>
`;
}
