// h1.mjs: servers that agree on http/1.1, and then do not speak it as they should. Each
// takes a TLS socket.
import { drip, endless } from './wire.mjs';

// Calls back for each request.
const onRequest = (socket, call) => {
    let text = '';
    socket.on('data', (bytes) => {
        text += bytes.toString('latin1');
        for (let end; (end = text.indexOf('\r\n\r\n')) >= 0;) {
            text = text.slice(end + 4);
            call();
        }
    });
};

// Answers each request with this text.
const each = (text) => (socket) => onRequest(socket, () => socket.write(text, 'latin1'));
const last = (text) => (socket) => onRequest(socket, () => socket.end(text, 'latin1'));
const then = (text, piece) => (socket) => onRequest(socket, () => {
    socket.write(text);
    endless(socket, piece);
});
const ok = 'HTTP/1.1 200 OK\r\n';

export const h1 = {
    'h1-answers-well': each(`${ok}X-Vhost: a\r\nContent-Length: 0\r\n\r\n`),
    'h1-interim': each(`HTTP/1.1 100 Continue\r\n\r\n${ok}Content-Length: 0\r\n\r\n`),
    'h1-never-answers': () => {},
    'h1-closes': (socket) => onRequest(socket, () => socket.end()),
    'h1-resets': (socket) => onRequest(socket, () => socket.destroy()),
    'h1-garbage': each('\x1b]0;owned\x07 garbage \x00\xff\r\n\r\n'),
    'h1-garbage-before-request': (socket) => socket.write('220 mail.example ESMTP\r\n'),
    'h1-no-status': each('Server: none\r\nContent-Length: 0\r\n\r\n'),
    'h1-status-of-letters': each('HTTP/1.1 OK\r\n\r\n'),
    'h1-status-999': each('HTTP/1.1 999 Far\r\n\r\n'),
    'h1-http09': last('<html>hello</html>'),
    'h1-no-colon': each(`${ok}this is no field\r\n\r\n`),
    'h1-controls-in-header': each(`${ok}X-Vhost: \x1b[2J\x07\r\nContent-Length: 0\r\n\r\n`),
    'h1-switches': each('HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n'),
    'h1-endless-status': (socket) => onRequest(socket,
        () => endless(socket, 'HTTP/1.1 200 ' + 'x'.repeat(10000))),
    'h1-endless-line': then(`${ok}X-Long: `, 'x'.repeat(10000)),
    'h1-endless-fields': then(ok, 'X-Many: of them\r\n'.repeat(100)),
    'h1-endless-interim': then('', 'HTTP/1.1 103 Early Hints\r\n\r\n'),
    'h1-endless-body': then(`${ok}\r\n`, 'x'.repeat(10000)),
    'h1-endless-chunks': then(`${ok}Transfer-Encoding: chunked\r\n\r\n`, '1\r\nx\r\n'),
    'h1-endless-chunk-line': then(`${ok}Transfer-Encoding: chunked\r\n\r\n`, '0'.repeat(100)),
    'h1-endless-extensions': then(`${ok}Transfer-Encoding: chunked\r\n\r\n`,
        `1;${'e'.repeat(900)}\r\nx\r\n`),
    'h1-endless-trailers': then(`${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n`,
        'X-Trailer: again\r\n'),
    'h1-drips': (socket) => onRequest(socket,
        () => drip(socket, Buffer.from(`${ok}Content-Length: 0\r\n\r\n`))),
    'h1-hangs-in-header': each(`${ok}X-Vhost: a\r\n`),
    'h1-closes-in-header': last(`${ok}X-Vhost: a\r\n`),
};
