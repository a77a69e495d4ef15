// The age test kit (C2SP/CCTV) against the satchel program; see cctv_age.sh.
//
// Each vector is a text header, an empty line and an age file.  The program is
// run on the file, and its exit status is compared with the vector's class; on
// success, the hash of what it wrote as well.  One line for each failure, one
// for each class, and a closing line that can be counted.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { inflateSync } from "node:zlib";

const NOT_READABLE = 5;
const NO_KEY = 6;
const KNOWN = new Set(["expect", "payload", "file key", "identity",
	"passphrase", "armored", "compressed", "comment"]);

const statuses = {
	"success": [0],
	"no match": [NO_KEY],
	"HMAC failure": [NOT_READABLE],
	"header failure": [NOT_READABLE],
	"payload failure": [NOT_READABLE],
	"armor failure": [NOT_READABLE],
};

function readVector(bytes) {
	const vector = { identity: [], passphrase: [] };
	let at = 0;

	for (;;) {
		const end = bytes.indexOf(0x0a, at);
		const line = bytes.toString("utf8", at, end);

		at = end + 1;
		if (line === "")
			break;
		const colon = line.indexOf(": ");
		const key = line.slice(0, colon);
		const value = line.slice(colon + 2);

		if (!KNOWN.has(key))
			throw new Error(`header "${key}" is not known`);
		if (Array.isArray(vector[key]))
			vector[key].push(value);
		else
			vector[key] = value;
	}
	vector.file = bytes.subarray(at);
	if (vector.compressed === "zlib")
		vector.file = inflateSync(vector.file);
	return vector;
}

// Our own classes come before the kit's: we take no key that is post-quantum
// and no armor.  Either has to be a clean refusal, whatever the kit expects.
function classOf(vector) {
	if (vector.identity.some((i) => i.startsWith("AGE-SECRET-KEY-PQ-")))
		return "post-quantum, which we refuse";
	if (vector.armored === "yes")
		return "armored, which we refuse";
	return vector.expect;
}

function wanted(vector, kind) {
	if (kind.startsWith("armored"))
		return [NOT_READABLE];
	if (kind.startsWith("post-quantum"))
		return [NOT_READABLE, NO_KEY];
	return statuses[vector.expect];
}

// A vector with several passphrases succeeds if one of them does.
function attempts(vector, folder) {
	const file = join(folder, "file.age");
	const list = [];

	writeFileSync(file, vector.file);
	for (const words of vector.passphrase) {
		const path = join(folder, `words${list.length}`);

		writeFileSync(path, words + "\n");
		list.push(["--passphrase-file", path, "age-decrypt", file]);
	}
	if (vector.identity.length > 0) {
		const path = join(folder, "keys");

		writeFileSync(path, vector.identity.join("\n") + "\n");
		list.push(["age-decrypt", "-i", path, file]);
	}
	// Some header failures come without a key; any key has to do for them.
	if (list.length === 0) {
		const path = join(folder, "keys");

		writeFileSync(path, "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZ" +
			"GFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX\n");
		list.push(["age-decrypt", "-i", path, file]);
	}
	return list;
}

function complaint(vector, kind, folder, satchel) {
	let result;

	for (const args of attempts(vector, folder)) {
		result = spawnSync(satchel, args,
			{ maxBuffer: 1 << 28, timeout: 120000 });
		if (result.error)
			return String(result.error);
		if (result.signal)
			return `ended by ${result.signal}`;
		if (result.status === 0)
			break;
	}
	if (!wanted(vector, kind).includes(result.status))
		return `exit ${result.status}: ${result.stderr}`.trim();
	if (result.status !== 0)
		return null;
	const hash = createHash("sha256").update(result.stdout).digest("hex");

	return hash === vector.payload ? null : "the payload differs";
}

const [packageFolder, program] = process.argv.slice(2);
const index = pathToFileURL(join(resolve(packageFolder), "index.js"));
const kit = await import(index.href);
const classes = new Map();
let passed = 0, failed = 0;

for (const [name, bytes] of Object.entries(kit.default ?? kit)) {
	const folder = mkdtempSync(join(tmpdir(), "cctv-age-"));
	let kind = "unread", wrong;

	try {
		const vector = readVector(Buffer.from(bytes));

		kind = classOf(vector);
		wrong = complaint(vector, kind, folder, resolve(program));
	} catch (error) {
		wrong = String(error);
	} finally {
		rmSync(folder, { recursive: true });
	}
	const count = classes.get(kind) ?? { passed: 0, failed: 0 };

	classes.set(kind, count);
	if (wrong === null) {
		passed++;
		count.passed++;
	} else {
		failed++;
		count.failed++;
		console.log(`${name} (${kind}): ${wrong}`);
	}
}
for (const [kind, count] of [...classes].sort())
	console.log(`${kind}: ${count.passed} passed, ${count.failed} failed`);
console.log(`cctv-age: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
