// A browser without a screen: opens addresses as one user, one after the other, and runs the
// script of each page with a fetch() and elements of its own.
//
//   node browser.mjs <OPTIONS
//
// Both OPTIONS and what it prints are JSON.
//
//   opens       the addresses
//   addresses   {name: IPv4 address}
//   ca, pfx     paths: of the CA that is trusted, of the certificate that is shown where one
//               is asked for (PKCS #12 without password; or none)
//   deaf        whether ORIGIN frames are ignored
//
//   done        for each address what the page's promise `done` comes to
//   frames      {name: [what the first ORIGIN frame on its own connection lists]}, or null

import fs from 'node:fs';
import vm from 'node:vm';
import { Pool } from './pool.mjs';

const options = JSON.parse(fs.readFileSync(0, 'utf8'));
const pool = new Pool(options);
// What is asked for without cookies and certificates has connections of its own.
const anonymous = new Pool({ ...options, pfx: null });

async function get(address) {
    const answer = await pool.request(new URL(address), {});
    if (answer.status !== 200) {
        throw new Error(`${address}: status ${answer.status}`);
    }
    return answer.body;
}

async function fetchForPage(address, { method = 'GET', body, credentials } = {}) {
    const from = credentials === 'omit' ? anonymous : pool;
    const answer = await from.request(new URL(address), { method, body });
    return {
        ok: answer.status === 200,
        status: answer.status,
        text: async () => answer.body,
    };
}

// What is loaded as soon as it has an address, as images and scripts are.
function createElement() {
    return {
        set src(address) {
            get(address).then(() => this.onload(), () => this.onerror());
        },
    };
}

async function open(address) {
    const page = await get(address);
    const [, source] = page.match(/<script src="(.*?)">/);
    const script = await get(new URL(source, address));
    const context = vm.createContext({
        document: { createElement, head: { append() {} } },
        fetch: fetchForPage,
        location: { href: address },
        setTimeout,
        URL,
    });
    vm.runInContext(script, context);
    return vm.runInContext('done', context);
}

const done = [];
for (const address of options.opens) {
    done.push(await open(address));
}
console.log(JSON.stringify({ done, frames: await pool.frames() }));
await pool.close();
await anonymous.close();
