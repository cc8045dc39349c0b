// Loaded before the first paint so that a chosen theme never flashes. Without a choice the system's one applies (creo.css).
(() => {
  "use strict";
  try {
    const chosen = localStorage.getItem("creo-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.bsTheme = chosen;
  } catch { /* storage refused by the browser: the system's theme stays */ }
})();
