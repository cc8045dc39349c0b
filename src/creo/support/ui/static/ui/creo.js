// CREO's small modules. Each one looks for its own attribute and does nothing without it. No page needs them to be read.
"use strict";

(() => {
  const root = document.documentElement;
  const each = (where, selector, act) => {
    if (where.matches?.(selector)) act(where);
    where.querySelectorAll?.(selector).forEach(act);
  };

  // ----- theme: light or dark, kept in this browser -----
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.bsTheme ?? (systemDark.matches ? "dark" : "light")) === "dark";
  const showTheme = (button) => {
    button.setAttribute("aria-pressed", String(isDark()));
    const words = button.querySelector("[data-theme-words]");
    if (words) words.textContent = isDark() ? button.dataset.toLight : button.dataset.toDark;
  };
  const setUpTheme = (button) => {
    showTheme(button);
    button.addEventListener("click", () => {
      root.dataset.bsTheme = isDark() ? "light" : "dark";
      try { localStorage.setItem("creo-theme", root.dataset.bsTheme); } catch { /* kept for this page only */ }
      document.querySelectorAll("[data-theme-toggle]").forEach(showTheme);
    });
  };
  systemDark.addEventListener("change", () => document.querySelectorAll("[data-theme-toggle]").forEach(showTheme));

  // ----- menu of the phone: «Más» opens the whole menu over the page -----
  const menu = document.querySelector("[data-menu]");
  const opener = document.querySelector("[data-menu-open]");
  const openMenu = (open) => {
    menu.toggleAttribute("data-open", open);
    opener.setAttribute("aria-expanded", String(open));
    if (open) menu.querySelector("a, button")?.focus();
    else opener.focus();
  };
  if (menu && opener) {
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-expanded", "false");
    opener.addEventListener("click", (event) => { event.preventDefault(); openMenu(!menu.hasAttribute("data-open")); });
    opener.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); opener.click(); } });
    menu.querySelector("[data-menu-close]")?.addEventListener("click", (event) => { event.preventDefault(); openMenu(false); });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (menu?.hasAttribute("data-open")) openMenu(false);
    document.querySelectorAll("details[data-popover][open]").forEach((panel) => {
      panel.open = false;
      panel.querySelector("summary").focus();
    });
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details[data-popover][open]").forEach((panel) => {
      if (!panel.contains(event.target)) panel.open = false;
    });
  });

  // ----- confirm: data-confirm on a button or a form asks before the form goes -----
  const ask = (question, yes, no) => new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    const text = document.createElement("p");
    text.id = "confirm-question";
    text.textContent = question;
    const actions = document.createElement("div");
    actions.className = "form-actions";
    [[yes, "btn btn-primary", "yes"], [no, "btn btn-outline-primary", ""]].forEach(([label, css, value]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = css;
      button.textContent = label;
      button.addEventListener("click", () => dialog.close(value));
      actions.append(button);
    });
    dialog.setAttribute("aria-labelledby", text.id);
    dialog.append(text, actions);
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "yes"); });
    document.body.append(dialog);
    dialog.showModal();
  });
  const confirmed = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const asking = event.submitter?.closest("[data-confirm]") ?? form.closest("[data-confirm]");
    if (!asking || confirmed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { confirmYes, confirmNo } = document.body.dataset;
    ask(asking.dataset.confirm, confirmYes ?? "Confirmar", confirmNo ?? "Cancelar").then((yes) => {
      if (!yes) return asking.focus?.();
      confirmed.add(form);
      return form.requestSubmit(event.submitter ?? undefined);
    });
  }, true);

  // ----- a form is sent once: the second press of an impatient finger does nothing -----
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "1";
    addEventListener("pageshow", () => delete form.dataset.sending, { once: true });
    setTimeout(() => delete form.dataset.sending, 8000);
  });

  // ----- file: its name, size and whether it is too large, said before it is sent -----
  const sizeText = (bytes) => {
    const [value, unit] = bytes >= 1048576 ? [bytes / 1048576, "MB"] : [bytes / 1024, "kB"];
    return `${value.toLocaleString(root.lang === "en" ? "en" : "es-PE", { maximumFractionDigits: 1 })} ${unit}`;
  };
  const setUpFile = (input) => {
    const line = document.createElement("p");
    line.className = "field-file";
    line.setAttribute("aria-live", "polite");
    input.after(line);
    input.addEventListener("change", () => {
      line.textContent = [...input.files].map((file) => `${file.name} · ${sizeText(file.size)}`).join(", ");
      const most = Number(input.dataset.maxBytes);
      const large = most > 0 && [...input.files].some((file) => file.size > most);
      input.setCustomValidity(large ? input.dataset.tooLarge ?? "" : "");
      if (large) line.textContent += ` · ${input.dataset.tooLarge ?? ""}`;
    });
  };

  // ----- drafts: what was typed survives a reload of this tab; never passwords, files nor hidden fields -----
  const draftable = (field) => field.name && !["password", "file", "hidden", "submit", "button"].includes(field.type);
  const setUpDraft = (form) => {
    const place = `creo-draft:${location.pathname}:${form.dataset.draft}`;
    const save = () => {
      const kept = {};
      [...form.elements].filter(draftable).forEach((field) => {
        const value = field.type === "checkbox" || field.type === "radio" ? (field.checked ? field.value : null) : field.value;
        if (value !== null) (kept[field.name] ??= []).push(value);
      });
      try { sessionStorage.setItem(place, JSON.stringify(kept)); } catch { /* full or refused: the form still works */ }
    };
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(place) ?? "null"); } catch { kept = null; }
    // a page that comes back with errors already carries what was typed: the draft is only for a fresh one
    if (kept && !form.querySelector("[aria-invalid]")) {
      [...form.elements].filter(draftable).forEach((field) => {
        const values = kept[field.name];
        if (!Array.isArray(values)) return;
        if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
        else if (field.value === field.defaultValue || field.tagName === "SELECT") field.value = values.shift() ?? "";
      });
    }
    form.addEventListener("input", save);
    form.addEventListener("submit", (event) => {
      if (!event.defaultPrevented) try { sessionStorage.removeItem(place); } catch { /* nothing kept */ }
    });
  };

  // ----- filters: a change of choice applies at once; typing waits for Enter (or for htmx) -----
  const setUpFilters = (form) => {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, [type=date], [type=checkbox], [type=radio]")) form.requestSubmit();
    });
    // empty choices stay out of the address
    form.addEventListener("formdata", (event) => {
      [...event.formData.entries()].forEach(([name, value]) => { if (value === "") event.formData.delete(name); });
    });
  };

  // ----- tabs wider than the screen: the one in force is in sight -----
  const setUpTabs = (tabs) => {
    const active = tabs.querySelector("[aria-current]");
    if (!active) return;
    const [box, tab] = [tabs.getBoundingClientRect(), active.getBoundingClientRect()];
    tabs.scrollLeft += tab.left - box.left - (box.width - tab.width) / 2;
  };

  const ready = new WeakSet();
  const setUp = (where) => {
    [["[data-theme-toggle]", setUpTheme], ["input[type=file]:not([data-plain])", setUpFile],
      ["form[data-draft]", setUpDraft], ["form[data-filters]", setUpFilters], [".tabs", setUpTabs]].forEach(([selector, act]) => {
      each(where, selector, (element) => {
        if (!ready.has(element)) act(element);
        ready.add(element);
      });
    });
  };
  setUp(document);

  // ----- parts that arrive by htmx are set up like the rest; an error summary takes the focus -----
  const focusErrors = (where) => each(where, "[data-error-summary]", (box) => box.focus());
  focusErrors(document);
  new MutationObserver((changes) => {
    changes.flatMap((change) => [...change.addedNodes]).forEach((node) => {
      if (node.nodeType !== 1) return;
      setUp(node);
      focusErrors(node);
    });
  }).observe(document.body, { childList: true, subtree: true });

  // ----- paper: the data tables under a fold are printed too -----
  addEventListener("beforeprint", () => document.querySelectorAll(".figure details").forEach((fold) => { fold.open = true; }));
})();
