/*
 * What a tapped message is shown as: text, or bytes in hexadecimal.
 */

/** Of a longer message the beginning is shown; the download has all. */
const MOST_BYTES = 4096;

const BYTES_A_LINE = 8;

const ESCAPES = { '\r': '\\r', '\n': '\\n', '\t': '\\t', '\0': '\\0', '\\': '\\\\', '"': '\\"' };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const bytesOf = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

const hex = (byte) => byte.toString(16).padStart(2, '0');

/** Text that is none is shown byte by byte. */
function decoded(bytes) {
	try {
		return utf8.decode(bytes);
	}
	catch {
		return null;
	}
}

const continues = (byte) => (byte & 0xc0) === 0x80;

/** The beginning of a text, without a part of a character. */
function beginning(bytes) {
	let end = MOST_BYTES;
	while (end > MOST_BYTES - 3 && continues(bytes[end])) {
		end--;
	}
	// It is no UTF-8 if that is not where a character begins.
	return bytes.subarray(0, continues(bytes[end]) ? MOST_BYTES : end);
}

/** Escapes as transcripts do, so that what is invisible is seen. */
function quoted(bytes) {
	const text = decoded(bytes);
	if (text === null) {
		return `"${[...bytes].map((byte) => (byte > 0x1f && byte < 0x7f) ? ESCAPES[String.fromCharCode(byte)] ?? String.fromCharCode(byte)
			: ESCAPES[String.fromCharCode(byte)] ?? `\\x${hex(byte)}`).join('')}"`;
	}
	return `"${text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\\"]/g, (char) => ESCAPES[char]
		?? ((char.codePointAt(0) < 256) ? `\\x${hex(char.codePointAt(0))}` : `\\u${char.codePointAt(0).toString(16)}`))}"`;
}

function dumped(bytes) {
	const lines = [];
	for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
		const line = [...bytes.subarray(at, at + BYTES_A_LINE)];
		const printable = line.map((byte) => (byte > 0x1f && byte < 0x7f) ? String.fromCharCode(byte) : '.').join('');
		lines.push(`${at.toString(16).padStart(4, '0')}  ${line.map(hex).join(' ').padEnd(BYTES_A_LINE * 3 - 1)}  ${printable}`);
	}
	return lines.join('\n');
}

/**
 * Makes text of a message.
 * @param base64 its bytes
 * @param inHex whether as bytes, or else as text
 */
export function messageText(base64, inHex) {
	const bytes = bytesOf(base64);
	const shown = inHex ? bytes.subarray(0, MOST_BYTES) : beginning(bytes);
	const text = inHex ? dumped(shown) : quoted(shown);
	return (bytes.length > shown.length) ? `${text} and ${bytes.length - shown.length} bytes more` : text;
}
