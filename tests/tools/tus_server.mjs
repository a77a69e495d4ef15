// A real upload server: @tus/server with its file store, on 127.0.0.1.
//
//	node tus_server.mjs MODULES FOLDER [NAME=VALUE...]
//
//	port=N        instead of any
//	cert=F key=F  speak TLS
//	user=U:P      asks for that HTTP Basic login
//	largest=N     bytes of one upload (Tus-Max-Size)
//	relative=1    addresses without scheme and host
//	lives=MS      an upload that is not whole expires after so long
//
// MODULES is the node_modules with @tus/server and @tus/file-store.  It prints
// "port N" and ends when its standard input does.  A line there is an order,
// and is answered by one line of JSON: what was asked and what it answered.
//
//	count         {"requests": [[METHOD, STATUS]...], "body": bytes of files,
//	               "metadata": [..], "heads": request lines and headers}
//	status N      uploads get that status until `status 0`
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const [modules, folder, ...words] = process.argv.slice(2);
const given = Object.fromEntries(words.map((word) => {
	const at = word.indexOf('=');
	return [word.slice(0, at), word.slice(at + 1)];
}));
// Those of before 2.0, which run on Debian 12's own Node 18, are CommonJS.
async function from(name) {
	const all = await import(pathToFileURL(
	    path.join(path.resolve(modules), name, 'dist/index.js')));
	return all.default ?? all;
}
const { Server } = await from('@tus/server');
const { FileStore } = await from('@tus/file-store');

const seen = { requests: [], body: 0, metadata: [], heads: [] };
let refuse = 0;

const tus = new Server({
	path: '/files',
	// Its addresses begin with http:// unless a front says otherwise.
	relativeLocation: given.relative === '1',
	respectForwardedHeaders: true,
	maxSize: given.largest ? Number(given.largest) : undefined,
	datastore: new FileStore({
		directory: folder,
		expirationPeriodInMilliseconds: Number(given.lives ?? 0),
	}),
});

function handle(req, res) {
	const upload = ['POST', 'PATCH'].includes(req.method);
	seen.heads.push(req.method + ' ' + req.url + '\n' +
	    req.rawHeaders.join('\n'));
	if ('upload-metadata' in req.headers)
		seen.metadata.push(req.headers['upload-metadata']);
	res.on('close', () => seen.requests.push([req.method,
	    res.headersSent ? res.statusCode : 0]));
	const login = given.user &&
	    'Basic ' + Buffer.from(given.user).toString('base64');
	if (login && req.headers.authorization !== login) {
		res.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' });
		res.end();
		req.resume();
		return;
	}
	if (upload && refuse) {
		res.writeHead(refuse, { 'Tus-Resumable': '1.0.0' });
		res.end();
		req.resume();
		return;
	}
	if (given.cert) {
		req.headers['x-forwarded-proto'] = 'https';
		req.rawHeaders.push('X-Forwarded-Proto', 'https');
	}
	if (upload) {
		const push = req.push.bind(req);
		req.push = (piece, ...rest) => {
			seen.body += piece?.length ?? 0;
			return push(piece, ...rest);
		};
	}
	tus.handle(req, res);
}

const server = given.cert
	? https.createServer({
		cert: fs.readFileSync(given.cert),
		key: fs.readFileSync(given.key),
	}, handle)
	: http.createServer(handle);
server.listen(Number(given.port ?? 0), '127.0.0.1', () => {
	console.log('port %d', server.address().port);
});

const orders = readline.createInterface({ input: process.stdin });
orders.on('line', (line) => {
	const [word, value] = line.split(' ');
	if (word === 'status')
		refuse = Number(value);
	console.log(JSON.stringify(seen));
});
orders.on('close', () => process.exit(0));
