/* Large files in pieces: a form with data-uploads sends them after the tus protocol, and goes on where the line broke.
   Small ones, and everything without script, go with the form itself. */
(() => {
  "use strict";

  const PIECE = 5 * 1024 * 1024;
  const VERSION = { "Tus-Resumable": "1.0.0" };
  const LONGEST_WAIT = 30000;
  const KEPT_FOR = 2 * 24 * 3600 * 1000;
  const FINAL = [403, 409, 410, 422]; // chosen again, the file is begun anew, as the form says it then
  const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
  const text64 = (text) => base64(new TextEncoder().encode(text));
  const size = (bytes) => (bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`);

  /* What the form says of a file. Only one can take an earlier version's place: the first, should there be several. */
  const fieldOf = (form, name) => form.querySelector(`[name=${name}]`)?.value ?? "";
  const aboutOf = (form, isFirst) => ({ replaces: isFirst ? fieldOf(form, "replaces") : "", expires_on: fieldOf(form, "expires_on") });
  /* A file that was begun is known again by its name, size and time, for this very form and what it said. */
  const keyOf = (form, file, about) =>
    ["upload", form.dataset.uploads, form.dataset.request, file.name, file.size, file.lastModified, about.replaces, about.expires_on].join("|");
  const remember = (key, url) => localStorage.setItem(key, JSON.stringify({ url, at: Date.now() }));
  const forget = (key) => localStorage.removeItem(key);
  function remembered(key) {
    try {
      const kept = JSON.parse(localStorage.getItem(key));
      return kept && Date.now() - kept.at < KEPT_FOR ? kept.url : null;
    } catch {
      return null;
    }
  }

  class Refused extends Error {}
  class Cancelled extends Error {}

  /* One request, with progress; resolves with the answer's status and a way to its headers. */
  function ask(upload, method, url, headers, body) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      upload.request = request;
      request.open(method, url);
      request.setRequestHeader("X-CSRFToken", upload.token);
      for (const [name, value] of Object.entries({ ...VERSION, ...headers })) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => body && upload.show(upload.offset + event.loaded);
      request.onload = () => resolve(request);
      request.onerror = request.onabort = () => reject(new TypeError("no answer"));
      request.send(body ?? null);
    });
  }

  function said(answer) {
    try {
      return JSON.parse(answer.responseText);
    } catch {
      return {};
    }
  }

  class Upload {
    constructor(form, file, item, about) {
      Object.assign(this, { form, file, item, about, offset: 0, isPaused: false, isCancelled: false, failures: 0 });
      this.token = form.querySelector("[name=csrfmiddlewaretoken]").value;
      this.key = keyOf(form, file, about);
      this.bar = item.querySelector("progress");
      this.bar.setAttribute("aria-label", file.name);
      item.querySelector("[data-name]").textContent = file.name;
      item.querySelector("[data-pause]").addEventListener("click", () => this.pause());
      item.querySelector("[data-cancel]").addEventListener("click", () => this.cancel());
      for (const [button, word] of [["pause", "Pause"], ["cancel", "Cancel"]]) {
        item.querySelector(`[data-${button}]`).setAttribute("aria-label", `${word} ${file.name}`);
      }
      this.say("Waiting");
    }

    say(words) {
      this.item.querySelector("[data-state]").textContent = words;
    }

    show(bytes) {
      const percent = Math.min(100, Math.floor((bytes / this.file.size) * 100));
      this.bar.value = percent;
      if (!this.isPaused) this.say(`${percent} % of ${size(this.file.size)}`);
      if (percent - (this.told ?? 0) >= 25) tell(this.form, `${this.file.name}: ${(this.told = percent)} %`);
    }

    pause() {
      this.isPaused = !this.isPaused;
      const button = this.item.querySelector("[data-pause]");
      button.textContent = this.isPaused ? "Go on" : "Pause";
      button.setAttribute("aria-label", `${button.textContent}: ${this.file.name}`);
      if (this.isPaused) {
        this.say(`Paused at ${this.bar.value} %`);
        this.request?.abort();
      }
      this.wake?.();
    }

    cancel() {
      this.isCancelled = true;
      this.request?.abort();
      this.wake?.();
    }

    rest(milliseconds) {
      return new Promise((resolve) => {
        this.wake = resolve;
        if (milliseconds) setTimeout(resolve, milliseconds);
        addEventListener("online", resolve, { once: true });
      });
    }

    /* Until it is there, refused or cancelled; whatever the line does meanwhile. */
    async run() {
      let url = remembered(this.key);
      for (;;) {
        if (this.isCancelled) await this.end(url);
        if (this.isPaused) {
          await this.rest(0);
          continue;
        }
        try {
          url = url && (await this.find(url)) ? url : await this.begin();
          while (this.offset < this.file.size && !this.isPaused && !this.isCancelled) await this.send(url);
          if (this.offset >= this.file.size) return this.finish();
        } catch (trouble) {
          if (trouble instanceof Refused) throw trouble;
          if (this.isPaused || this.isCancelled) continue;
          const wait = Math.min(1000 * 2 ** this.failures++, LONGEST_WAIT);
          this.say(`Interrupted. Trying again in ${Math.round(wait / 1000)} s`);
          await this.rest(wait);
        }
      }
    }

    async begin() {
      const told = { filename: this.file.name, request: this.form.dataset.request, ...this.about };
      const metadata = Object.entries(told).filter(([, value]) => value).map(([name, value]) => `${name} ${text64(value)}`);
      const headers = { "Upload-Length": String(this.file.size), "Upload-Metadata": metadata.join(",") };
      const answer = this.judge(await ask(this, "POST", this.form.dataset.uploads, headers));
      this.offset = 0;
      const url = answer.getResponseHeader("Location");
      remember(this.key, url);
      return url;
    }

    /* How much of it is there: false when the server knows it no more. */
    async find(url) {
      const answer = await ask(this, "HEAD", url);
      if (answer.status === 404 || answer.status === 410) {
        forget(this.key);
        return false;
      }
      this.offset = Number(this.judge(answer).getResponseHeader("Upload-Offset"));
      this.show(this.offset);
      return true;
    }

    async send(url) {
      const piece = this.file.slice(this.offset, this.offset + PIECE);
      const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(this.offset) };
      if (crypto.subtle) {
        const digest = await crypto.subtle.digest("SHA-256", await piece.arrayBuffer());
        headers["Upload-Checksum"] = `sha256 ${base64(new Uint8Array(digest))}`;
      }
      const answer = this.judge(await ask(this, "PATCH", url, headers, piece));
      this.offset = Number(answer.getResponseHeader("Upload-Offset"));
      this.failures = 0;
      remember(this.key, url);
      this.show(this.offset);
    }

    /* An answer that goes on, or an error: to try again (damaged, busy, away) or for good. */
    judge(answer) {
      const isAgain = answer.status >= 500 || [423, 429, 460].includes(answer.status);
      if (!isAgain && !answer.getResponseHeader("Tus-Resumable")) {
        throw new Refused(answer.status === 413 ? `“${this.file.name}” is larger than this server takes.`
          : "You were signed out. Sign in and choose the same file again: it goes on where it stopped.");
      }
      if (answer.status < 300) return answer;
      const told = said(answer);
      if (isAgain || told.code === "stale") throw new TypeError("again");
      if (FINAL.includes(answer.status)) forget(this.key);
      throw new Refused(told.detail || "This file could not be sent. Try again.");
    }

    async end(url) {
      forget(this.key);
      if (url) await ask(this, "DELETE", url).catch(() => {});
      throw new Cancelled();
    }

    finish() {
      forget(this.key);
      this.bar.value = 100;
      this.close("Received");
    }

    refuse(words) {
      this.close("Not sent");
      const place = this.item.querySelector("[data-words]");
      place.textContent = words;
      place.hidden = false;
    }

    close(word) {
      this.say(word);
      this.item.querySelector(".row").remove();
    }
  }

  function tell(form, words) {
    form.querySelector("[data-upload-said]").textContent = words;
  }

  function tooLarge(form, file) {
    return file.size > Number(form.dataset.limit) && `“${file.name}” is larger than ${form.dataset.limitWords}. Send a smaller file or split it.`;
  }

  /* One after the other; a failed one keeps the others. */
  async function sendAll(form, files) {
    const list = form.querySelector("[data-upload-list]");
    const template = form.querySelector("[data-upload-item]");
    list.hidden = false;
    list.replaceChildren();
    const uploads = files.map((file, number) => {
      const item = template.content.cloneNode(true).querySelector("li");
      list.append(item);
      return new Upload(form, file, item, aboutOf(form, number === 0));
    });
    let failed = 0;
    for (const upload of uploads) {
      try {
        const words = tooLarge(form, upload.file);
        if (words) throw new Refused(words);
        await upload.run();
        tell(form, `Received: ${upload.file.name}`);
      } catch (trouble) {
        if (trouble instanceof Cancelled) {
          upload.item.remove();
          continue;
        }
        failed += 1;
        upload.refuse(trouble instanceof Refused ? trouble.message : "This file could not be sent. Try again.");
        tell(form, `Not sent: ${upload.file.name}`);
      }
    }
    return failed;
  }

  function settle(form, isBusy) {
    form.toggleAttribute("data-sending", isBusy);
    const button = form.querySelector("button:not([type=button])");
    if (isBusy) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
    form.querySelector("input[type=file]").disabled = isBusy;
  }

  /* What an earlier visit left half sent: only the person can choose a file again, so they are asked to. */
  function remind(form) {
    const names = [];
    for (const key of Object.keys(localStorage)) {
      const [mark, place, request, name] = key.split("|");
      if (mark !== "upload" || place !== form.dataset.uploads || request !== form.dataset.request) continue;
      if (remembered(key)) names.push(`“${name}”`);
      else forget(key);
    }
    const place = form.querySelector("[data-upload-left]");
    place.hidden = !names.length;
    place.textContent = `Not yet here whole: ${names.join(", ")}. Choose the same file again: it goes on where it stopped.`;
  }

  for (const form of document.querySelectorAll("form[data-uploads]")) {
    const input = form.querySelector("input[type=file]");
    form.addEventListener("submit", async (event) => {
      const files = [...input.files];
      if (form.hasAttribute("data-sending")) return event.preventDefault();
      if (!files.some((file) => file.size > Number(form.dataset.from))) return;
      event.preventDefault();
      settle(form, true);
      const failed = await sendAll(form, files);
      settle(form, false);
      input.value = "";
      input.dispatchEvent(new Event("change", { bubbles: true }));
      form.querySelector("[data-upload-show]").hidden = failed === files.length;
      if (failed) remind(form);
      else location.assign(location.pathname);
    });
    remind(form);
  }
})();
