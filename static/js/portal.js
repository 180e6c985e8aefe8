/* Enhancement only: every page works without it. Each part looks for its own data- attribute and does one thing. */
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const target = event.target.closest?.(selector);
      if (target) act(target, event);
    });

  /* --- Times in the viewer's own zone ------------------------------------------------------------------------ */
  const language = document.documentElement.lang || "en";
  // As the server writes its dates: one page knows one way, "6 Jan 2027, 14:00".
  const locale = language === "en" ? "en-GB" : language;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // The zone of the person's profile wins over the browser's, as it does on the server.
  const zone = document.documentElement.dataset.timeZone || here;
  const inZone = (parts) => new Intl.DateTimeFormat(locale, { timeZone: zone, ...parts });
  const exact = inZone({ dateStyle: "medium", timeStyle: "short" });
  const day = inZone({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
  const clock = inZone({ timeStyle: "short" });
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];

  function relative(moment) {
    const seconds = (moment - Date.now()) / 1000;
    const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["minute", 60];
    return ago.format(Math.trunc(seconds / size), unit);
  }

  function localise(root = document) {
    for (const element of all("time[data-style]", root)) {
      const moment = new Date(element.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      const words = {
        both: () => `${exact.format(moment)} (${relative(moment)})`,
        exact: () => exact.format(moment),
        relative: () => relative(moment),
        date: () => day.format(moment).replace(",", ""),
        clock: () => clock.format(moment),
      }[element.dataset.style];
      element.textContent = words();
      element.title = exact.format(moment);
    }
    for (const element of all("[data-zone]", root)) element.textContent = ` (${zone.replaceAll("_", " ")})`;
  }

  function rememberZone() {
    const known = `zone=${encodeURIComponent(here)}`;
    if (document.cookie.split("; ").includes(known)) return;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${known}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  }

  /* --- Dialogs: a popover without script, a modal with it ------------------------------------------------------ */
  function upgradeDialogs(root = document) {
    for (const dialog of all("dialog[popover]", root)) {
      dialog.removeAttribute("popover");
      for (const button of all(`[popovertarget="${CSS.escape(dialog.id)}"]`)) {
        const closes = button.getAttribute("popovertargetaction") === "hide";
        button.removeAttribute("popovertarget");
        button.dataset[closes ? "closes" : "opens"] = dialog.id;
      }
    }
  }
  on("click", "[data-opens]", (button) => document.getElementById(button.dataset.opens)?.showModal());
  on("click", "[data-closes]", (button) => document.getElementById(button.dataset.closes)?.close());

  /* --- Forms: one press counts once, the button stays a button --------------------------------------------------- */
  function settle(form) {
    delete form.dataset.busy;
    for (const button of all('[aria-busy="true"]', form)) {
      button.removeAttribute("aria-busy");
      if (button.dataset.words) button.textContent = button.dataset.words;
    }
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.target === "_blank") return;
    if (form.dataset.busy) return event.preventDefault();
    form.dataset.busy = "1";
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button?.matches(".button")) {
      button.setAttribute("aria-busy", "true");
      if (button.dataset.busy) {
        button.dataset.words = button.textContent;
        button.textContent = button.dataset.busy;
      }
    }
    // A download answers without leaving the page: give the button back.
    setTimeout(() => settle(form), 10000);
  });
  addEventListener("pageshow", () => all("form[data-busy]").forEach(settle));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) settle(form);
  });
  on("change", "form[data-autosubmit] select", (select) => select.form.requestSubmit());

  /* --- Autosave: says what became of what was typed ----------------------------------------------------------------- */
  const saveState = (element) => element.closest?.("form")?.querySelector("[data-save-state]");
  function say(element, state) {
    const place = saveState(element);
    if (!place) return;
    place.classList.toggle("is-bad", state === "failed");
    place.textContent = place.dataset[state] + (state === "saved" ? ` ${clock.format(new Date())}` : "");
  }
  document.addEventListener("htmx:beforeRequest", (event) => say(event.target, "saving"));
  document.addEventListener("htmx:afterRequest", (event) => say(event.target, event.detail.successful ? "saved" : "failed"));
  document.addEventListener("htmx:sendError", (event) => {
    const element = event.target;
    if (saveState(element)) setTimeout(() => element.isConnected && window.htmx.trigger(element, "change"), 5000);
  });

  /* --- Polling rests while nobody looks --------------------------------------------------------------------------------- */
  document.addEventListener("htmx:beforeRequest", (event) => {
    const trigger = event.target.getAttribute?.("hx-trigger") ?? "";
    if (document.hidden && trigger.includes("every")) event.preventDefault();
  });

  /* --- Files: a drop zone on top of the real input ------------------------------------------------------------------------ */
  const size = (bytes) =>
    bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  function listFiles(input) {
    const list = input.closest("[data-drop]")?.querySelector("[data-chosen]");
    if (!list) return;
    list.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement("li");
      const [name, bytes] = [document.createElement("span"), document.createElement("span")];
      name.textContent = file.name;
      bytes.textContent = size(file.size);
      item.append(name, bytes);
      return item;
    }));
  }
  on("change", "[data-drop] input[type=file]", listFiles);
  for (const type of ["dragover", "dragleave", "drop"]) {
    on(type, "[data-drop]", (zoneElement, event) => {
      event.preventDefault();
      zoneElement.classList.toggle("is-over", type === "dragover");
      if (type !== "drop" || !event.dataTransfer.files.length) return;
      const input = zoneElement.querySelector("input[type=file]");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  document.addEventListener("htmx:xhr:progress", (event) => {
    const box = event.target.querySelector?.("[data-upload-progress]");
    if (!box || !event.detail.lengthComputable) return;
    const percent = Math.round((event.detail.loaded / event.detail.total) * 100);
    box.hidden = false;
    box.querySelector("progress").value = percent;
    if (percent % 25 === 0) box.querySelector("[role=status]").textContent = `${percent} %`;
  });

  /* --- Copy what is shown once ------------------------------------------------------------------------------------------------ */
  on("click", "[data-copies]", async (button) => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
    button.append(" ✓");
  });

  /* --- Signature: typed name shown as written (drawing: signature.js) ------------------------------------------------------------ */
  on("input", "[data-typed]", (input) => {
    input.closest("[data-signature]").querySelector("[data-typed-shown]").textContent = input.value;
  });

  /* --- Keys n, e, c and /: only outside of fields, and a person can switch them off (WCAG 2.1.4) ----------------------------------- */
  const keysAreOff = () => localStorage.getItem("keys") === "off";
  on("change", "[data-keys-switch]", (box) => localStorage.setItem("keys", box.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    if (keysAreOff() || isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "?") return document.getElementById("keys")?.showModal();
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    target.focus();
    if (target.matches("a, button, summary")) target.click();
  });

  /* --- The session's end: announced two minutes before, extended by one press, in every tab ------------------------------------------- */
  function watchSession() {
    const dialog = document.getElementById("session-end");
    if (!dialog) return;
    const tabs = new BroadcastChannel("session");
    let endsAt = Date.now() + Number(document.body.dataset.sessionSeconds) * 1000;
    const renewed = (seconds) => {
      endsAt = Date.now() + seconds * 1000;
      dialog.close();
    };
    tabs.onmessage = (message) => renewed(message.data);
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const form = event.target;
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      if (!answer.ok) return location.reload();
      const { seconds } = await answer.json();
      renewed(seconds);
      tabs.postMessage(seconds);
    });
    setInterval(() => {
      const left = Math.round((endsAt - Date.now()) / 1000);
      if (left > 120) return;
      if (left <= 0) return location.reload();
      const words = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      dialog.querySelector("[data-countdown]").textContent = words;
      if (!dialog.open || left === 60 || left === 20) dialog.querySelector("[data-countdown-said]").textContent = words;
      if (!dialog.open) dialog.showModal();
    }, 1000);
  }

  /* --- The room you stand in is in sight, however narrow the screen ------------------------------------------------------------------------ */
  const room = document.querySelector(".rooms [aria-current]");
  if (room) room.closest("ul").scrollLeft = room.offsetLeft - 24;

  /* --- Small manners -------------------------------------------------------------------------------------------------------------------- */
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") all("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });
  addEventListener("click", (event) => {
    all("details.menu[open]").forEach((menu) => menu.contains(event.target) || (menu.open = false));
  });

  function begin(root = document) {
    localise(root);
    upgradeDialogs(root);
    for (const select of all("select[data-guess-zone]", root)) {
      if (select.value === "UTC" && [...select.options].some((option) => option.value === here)) select.value = here;
    }
    for (const box of all("[data-keys-switch]", root)) box.checked = !keysAreOff();
    for (const input of all("[data-typed]", root)) input.dispatchEvent(new Event("input", { bubbles: true }));
    root.querySelector?.(".error-summary")?.focus();
  }
  document.addEventListener("htmx:afterSwap", (event) => begin(event.detail.elt));
  setInterval(() => document.hidden || localise(), 60000);
  rememberZone();
  begin();
  watchSession();
})();
