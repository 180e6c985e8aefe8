/* Swagger UI leaves its controls without names and its scrolling examples out of the keyboard's reach: mended as they appear. */
"use strict";
(() => {
  const docs = document.getElementById("swagger-ui");
  function mend() {
    for (const row of docs.querySelectorAll("tr[data-param-name]")) {
      for (const control of row.querySelectorAll("select:not([aria-label]), input:not([aria-label])")) {
        control.setAttribute("aria-label", row.dataset.paramName);
      }
    }
    for (const control of docs.querySelectorAll(".body-param__text:not([aria-label])")) {
      control.setAttribute("aria-label", "Request body");
    }
    for (const example of docs.querySelectorAll("pre.microlight:not([tabindex])")) {
      example.tabIndex = 0;
      example.setAttribute("role", "region");
      example.setAttribute("aria-label", "Example");
    }
  }
  new MutationObserver(mend).observe(docs, { childList: true, subtree: true });
})();
