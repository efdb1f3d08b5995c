// Makes globalThis.gonb_comm, by which HTML that a cell shows talks with the kernel: through a WebSocket of its own to
// the Jupyter server, whatever the front end is. Values that are sent before the connection stands wait for it.
(() => {
    const kernel = "{{.Kernel}}", life = "{{.Life}}"; // a restarted kernel has another life
    const before = globalThis.gonb_comm;
    if (before && before.life === life && !before.closed) {
        return;
    }
    before?.close();

    const listeners = new Map(); // address -> Map(id -> callback)
    const addresses = new Map(); // id -> address
    const variables = new Map(); // address -> variable
    const id = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, "0")).join("");
    const comm = id();
    let waiting = [];

    const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent || "{}");
    const root = config.wsUrl || location.origin.replace(/^http/, "ws") + (config.baseUrl || document.body.dataset.baseUrl || "/");
    const token = config.token ? "?token=" + encodeURIComponent(config.token) : "";
    const socket = new WebSocket(root.replace(/\/?$/, "/") + "api/kernels/" + kernel + "/channels" + token);

    const message = (type, content) => JSON.stringify({
        channel: "shell", parent_header: {}, metadata: {}, buffers: [], content,
        header: {msg_id: id(), msg_type: type, session: comm, username: "", version: "5.3", date: new Date().toISOString()},
    });
    const post = data => {
        const text = message("comm_msg", {comm_id: comm, data});
        waiting ? waiting.push(text) : socket.send(text);
    };
    socket.onopen = () => {
        socket.send(message("comm_open", {comm_id: comm, target_name: "gonb_comm", data: {}}));
        waiting.forEach(text => socket.send(text));
        waiting = null;
    };
    socket.onclose = () => {
        self.closed = true;
    };
    socket.onmessage = event => {
        if (typeof event.data !== "string") {
            return;
        }
        const m = JSON.parse(event.data);
        if ((m.msg_type || m.header?.msg_type) !== "comm_msg" || m.content?.comm_id !== comm) {
            return;
        }
        const {address, value, request} = m.content.data;
        if (address === "#heartbeat/ping") {
            post({address: "#heartbeat/pong", value: true});
        } else if (request) {
            post({address, value: variables.get(address)?.get() ?? null});
        } else {
            for (const callback of [...(listeners.get(address)?.values() ?? [])]) {
                callback(address, value);
            }
        }
    };

    const self = {
        life, closed: false,
        send: (address, value) => post({address, value}),
        subscribe(address, callback) {
            const key = Symbol(address);
            if (!listeners.has(address)) {
                listeners.set(address, new Map());
            }
            listeners.get(address).set(key, callback);
            addresses.set(key, address);
            return key;
        },
        unsubscribe(key) {
            listeners.get(addresses.get(key))?.delete(key);
            addresses.delete(key);
        },
        // A variable that has the same value here and in the cell's program.
        newSyncedVariable(address, value) {
            let v = variables.get(address);
            if (!v) {
                let now = null;
                const watchers = new Map();
                const change = to => {
                    if (to === now) {
                        return false;
                    }
                    now = to;
                    watchers.forEach(callback => callback(to));
                    return true;
                };
                v = {
                    get: () => now,
                    set: to => change(to) && self.send(address, to),
                    subscribe(callback) {
                        const key = Symbol(address);
                        watchers.set(key, callback);
                        return key;
                    },
                    unsubscribe: key => watchers.delete(key),
                };
                self.subscribe(address, (_, to) => change(to));
                variables.set(address, v);
            }
            v.set(value);
            return v;
        },
        close() {
            self.closed = true;
            socket.close();
        },
    };
    globalThis.gonb_comm = self;
})();
