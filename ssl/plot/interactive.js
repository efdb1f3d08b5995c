// Draws a figure that answers the pointer, into the element root: moving shows the values there, dragging zooms in,
// a double click shows all again, a click on a name hides its series. Nothing is fetched.
(root, figure) => {
    const style = (element, rules, text) => {
        element.style.cssText = rules;
        if (text !== undefined) element.textContent = text;
        return element;
    };
    const make = (parent, tag, rules, text) => parent.appendChild(style(document.createElement(tag), rules, text));
    const short = v => v === null || v === undefined ? "–" : String(Number(v.toPrecision(5)));

    const all = figure.panels.flatMap(p => p.series.flatMap(s => s.x.flatMap(x => [x - s.width / 2, x + s.width / 2])));
    const whole = all.reduce(([lo, hi], x) => [Math.min(lo, x), Math.max(hi, x)], [Infinity, -Infinity]);
    if (!(whole[0] < whole[1])) {
        whole[0] = (Number.isFinite(whole[0]) ? whole[0] : 0) - 0.5;
        whole[1] = whole[0] + 1;
    }
    let range = whole, pointer = null, drag = null; // in the units of the horizontal axis
    const left = 64, right = 12, top = 8, bottom = 22;

    root.replaceChildren();
    style(root, "max-width: 760px; font: 12px sans-serif; position: relative; user-select: none");
    make(root, "div", "font-size: 15px; text-align: center", figure.title);
    const panels = figure.panels.map((panel, i) => {
        const names = make(root, "div", "margin-left: " + left + "px; min-height: 16px");
        panel.series.forEach((s, k) => {
            s.shown = true;
            s.color = figure.colors[k % figure.colors.length];
            s.word = make(names, "span", "cursor: pointer; margin-right: 14px; color: " + s.color, s.name);
            s.word.onclick = () => {
                s.shown = !s.shown;
                s.word.style.opacity = s.shown ? 1 : 0.35;
                draw();
            };
        });
        const canvas = make(root, "canvas", "width: 100%; height: " + (i === figure.panels.length - 1 ? 150 : 130) + "px; cursor: crosshair; display: block");
        return {...panel, canvas, last: i === figure.panels.length - 1};
    });
    const readout = make(root, "div", "margin-left: " + left + "px; min-height: 16px; opacity: 0.75");
    readout.className = "gossl-readout";

    // nearest is the index of the point of a series that is nearest to x.
    const nearest = (s, x) => {
        let best = -1;
        s.x.forEach((v, i) => {
            if (s.y[i] !== null && (best < 0 || Math.abs(v - x) < Math.abs(s.x[best] - x))) best = i;
        });
        return best;
    };
    const ticks = (lo, hi, n) => {
        const raw = (hi - lo) / n, power = 10 ** Math.floor(Math.log10(raw));
        const step = [1, 2, 5, 10].map(m => m * power).find(s => s >= raw * (1 - 1e-9));
        const out = [];
        for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + 1e-9 * step && out.length < 50; k++) out.push(k * step);
        return out;
    };

    const drawPanel = p => {
        const ratio = devicePixelRatio || 1, width = p.canvas.clientWidth, height = p.canvas.clientHeight;
        p.canvas.width = width * ratio;
        p.canvas.height = height * ratio;
        const c = p.canvas.getContext("2d");
        c.scale(ratio, ratio);
        const ink = getComputedStyle(root).color;
        const up = v => p.log ? Math.log10(v) : v, seen = v => v !== null && (!p.log || v > 0);
        let lo = Infinity, hi = -Infinity;
        for (const s of p.series.filter(s => s.shown)) {
            s.x.forEach((x, i) => {
                if (x >= range[0] && x <= range[1] && seen(s.y[i])) {
                    lo = Math.min(lo, up(s.y[i]));
                    hi = Math.max(hi, up(s.y[i]));
                }
            });
            if (s.style === "bars" && !p.log) [lo, hi] = [Math.min(lo, 0), Math.max(hi, 0)];
        }
        if (!(lo <= hi)) [lo, hi] = [0, 1];
        const pad = (hi - lo) * 0.05 || Math.abs(hi) * 0.05 || 0.5;
        [lo, hi] = [lo - pad, hi + pad];
        const x = v => left + (v - range[0]) / (range[1] - range[0]) * (width - left - right);
        const y = v => height - (p.last ? bottom : 6) - (up(v) - lo) / (hi - lo) * (height - top - (p.last ? bottom : 6));
        const stroke = (color, alpha, points) => {
            c.strokeStyle = color;
            c.globalAlpha = alpha;
            c.beginPath();
            points.forEach(([a, b], i) => i ? c.lineTo(a, b) : c.moveTo(a, b));
            c.stroke();
            c.globalAlpha = 1;
        };
        c.font = "11px sans-serif";
        c.fillStyle = ink;
        c.textAlign = "right";
        c.textBaseline = "middle";
        for (const t of ticks(lo, hi, 4)) {
            const at = y(p.log ? 10 ** t : t);
            stroke(ink, 0.12, [[left, at], [width - right, at]]);
            c.fillText(p.log ? "1e" + short(t) : short(t), left - 6, at);
        }
        c.textAlign = "center";
        if (p.last) {
            for (const t of ticks(range[0], range[1], 7)) c.fillText(short(t), x(t), height - bottom + 9);
        }
        c.save();
        c.translate(10, height / 2);
        c.rotate(-Math.PI / 2);
        c.fillText(p.label, 0, 0);
        c.restore();
        c.save();
        c.beginPath();
        c.rect(left, 0, width - left - right, height);
        c.clip();
        for (const m of figure.marks) stroke(ink, 0.45, [[x(m.x), top], [x(m.x), height - (p.last ? bottom : 6)]]);
        for (const s of p.series.filter(s => s.shown)) {
            c.lineWidth = 1.5;
            c.fillStyle = s.color;
            let run = [];
            s.x.forEach((v, i) => {
                const there = seen(s.y[i]);
                if (there && s.style === "points") c.fillRect(x(v) - 1.5, y(s.y[i]) - 1.5, 3, 3);
                else if (there && s.style === "bars") c.fillRect(x(v - s.width / 2), y(s.y[i]), Math.max(x(v + s.width / 2) - x(v - s.width / 2) - 1, 1), y(Math.max(0, lo)) - y(s.y[i]));
                else if (there) run.push([x(v), y(s.y[i])]);
                else {
                    stroke(s.color, 1, run);
                    run = [];
                }
            });
            stroke(s.color, 1, run);
            c.lineWidth = 1;
        }
        if (pointer !== null) stroke(ink, 0.6, [[x(pointer), 0], [x(pointer), height]]);
        if (drag !== null && pointer !== null) {
            c.fillStyle = ink;
            c.globalAlpha = 0.12;
            c.fillRect(Math.min(x(drag), x(pointer)), 0, Math.abs(x(drag) - x(pointer)), height);
        }
        c.restore();
    };

    const draw = () => {
        panels.forEach(drawPanel);
        if (pointer === null) {
            readout.textContent = "drag to zoom, double-click for all";
            panels.forEach(p => p.series.forEach(s => s.word.textContent = s.name));
            return;
        }
        let words = figure.xlabel + " " + short(pointer);
        for (const m of figure.marks) {
            if (Math.abs(m.x - pointer) <= (range[1] - range[0]) / 100) words += " · " + m.text;
        }
        readout.textContent = words;
        panels.forEach(p => p.series.forEach(s => {
            const i = nearest(s, pointer);
            s.word.textContent = s.name + " " + (i < 0 ? "–" : short(s.y[i]));
        }));
    };
    const snap = (p, event) => {
        const box = p.canvas.getBoundingClientRect(), inner = box.width - left - right;
        const at = range[0] + Math.min(Math.max((event.clientX - box.left - left) / inner, 0), 1) * (range[1] - range[0]);
        const s = p.series.find(s => s.shown && s.x.length);
        if (!s || s.style !== "line") return at;
        const i = nearest(s, at);
        return i < 0 ? at : Math.min(Math.max(s.x[i], range[0]), range[1]);
    };
    for (const p of panels) {
        p.canvas.onpointermove = e => {
            pointer = snap(p, e);
            draw();
        };
        p.canvas.onpointerdown = e => {
            p.canvas.setPointerCapture(e.pointerId);
            drag = pointer = snap(p, e);
        };
        p.canvas.onpointerup = e => {
            const end = snap(p, e);
            if (drag !== null && Math.abs(end - drag) > (range[1] - range[0]) / 200) range = [Math.min(drag, end), Math.max(drag, end)];
            drag = null;
            draw();
        };
        p.canvas.onpointerleave = () => {
            pointer = drag = null;
            draw();
        };
        p.canvas.ondblclick = () => {
            range = whole;
            draw();
        };
    }
    new ResizeObserver(draw).observe(root);
    draw();
}
