/* A signature drawn on a canvas: strokes of points within 600 × 200, as JSON in the form's hidden field. Whoever can't
   or won't draw signs by their typed name; without script the pad is not there. */
(() => {
  const [WIDTH, HEIGHT, MOST_POINTS, MOST_STROKES] = [600, 200, 5800, 200];

  function read(input) {
    try {
      const strokes = JSON.parse(input.value || "[]");
      const isDrawn = Array.isArray(strokes) && strokes.every((one) => Array.isArray(one) && one.every(Array.isArray));
      return isDrawn ? strokes : [];
    } catch {
      return [];
    }
  }

  function start(pad) {
    const canvas = pad.querySelector("canvas");
    const input = pad.closest(".field").querySelector("input[type=hidden]");
    const [undo, clear] = [pad.querySelector("[data-drawing-undo]"), pad.querySelector("[data-drawing-clear]")];
    const state = pad.querySelector("[data-drawing-state]");
    const pen = canvas.getContext("2d");
    let strokes = read(input);
    let current = null;

    function draw() {
      const ratio = window.devicePixelRatio || 1;
      const width = canvas.clientWidth || WIDTH;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(width * ratio * (HEIGHT / WIDTH));
      pen.scale(canvas.width / WIDTH, canvas.height / HEIGHT);
      Object.assign(pen, { lineWidth: 2.5, lineCap: "round", lineJoin: "round" });
      pen.strokeStyle = getComputedStyle(canvas).color;
      for (const stroke of strokes) line(stroke);
    }
    function line(stroke) {
      pen.beginPath();
      stroke.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (stroke.length === 1) pen.lineTo(stroke[0][0] + 0.1, stroke[0][1]);
      pen.stroke();
    }
    const count = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0);
    function keep(word) {
      input.value = strokes.length ? JSON.stringify(strokes) : "";
      undo.disabled = clear.disabled = !strokes.length;
      state.textContent = state.dataset[word ?? (strokes.length ? "drawn" : "empty")];
      draw();
    }
    function at(event) {
      const box = canvas.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * WIDTH;
      const y = ((event.clientY - box.top) / box.height) * HEIGHT;
      const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most) * 10) / 10;
      return [within(x, WIDTH), within(y, HEIGHT)];
    }
    const isFull = () => count() >= MOST_POINTS || strokes.length >= MOST_STROKES;

    canvas.addEventListener("pointerdown", (event) => {
      if (event.button || current) return;
      if (isFull()) return keep("full");
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      current = [at(event)];
      strokes.push(current);
      draw();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!current || count() >= MOST_POINTS) return;
      const point = at(event);
      const [x, y] = current.at(-1);
      if (Math.hypot(point[0] - x, point[1] - y) < 1.5) return;
      current.push(point);
      line(current.slice(-2));
    });
    for (const type of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(type, () => {
        if (!current) return;
        current = null;
        keep(isFull() ? "full" : undefined);
      });
    }
    undo.addEventListener("click", () => {
      strokes.pop();
      keep();
    });
    clear.addEventListener("click", () => {
      strokes = [];
      keep();
    });
    new ResizeObserver(draw).observe(canvas.parentElement);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    keep();
  }

  for (const pad of document.querySelectorAll("[data-drawing]")) start(pad);
})();
