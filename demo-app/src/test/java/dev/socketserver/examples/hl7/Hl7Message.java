package dev.socketserver.examples.hl7;

import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import java.util.regex.Pattern;

/** A message or an acknowledgment, with one character for each byte. */
record Hl7Message(String text) {

	/** A sign that no time and no text of an acknowledgment contains. */
	private static final String SEPARATOR = "[\\p{Punct}&&[^-+.]]";

	/** Two separators that differ, and neither 0x0B nor 0x1C, which MLLP uses. */
	private static final Pattern FORMAT = Pattern
		.compile("MSH(" + SEPARATOR + ")(?!\\1)" + SEPARATOR + "[^\\x0B\\x1C]*");

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmssZ");

	Hl7Message {
		if (!FORMAT.matcher(text).matches()) {
			throw new IllegalArgumentException("not an HL7 message");
		}
	}

	/** Returns a field of the header, MSH-10 for example, or "" if it is missing. */
	String header(int field) {
		return (field == 1) ? separator() : part(this.text.split("\r", 2)[0], separator(), field);
	}

	/** Returns a component of a field, such as the event, the second one of MSH-9. */
	String header(int field, int component) {
		return part(header(field), componentSeparator(), component);
	}

	boolean hasSegment(String name) {
		return this.text.contains("\r" + name + separator());
	}

	/** Returns the answer to this message: from its receiver, to its sender. */
	Hl7Message acknowledge(String code) {
		String time = OffsetDateTime.now().format(TIME);
		String type = String.join(componentSeparator(), "ACK", header(9, 2), "ACK");
		String id = UUID.randomUUID().toString().replace("-", "").substring(0, 20);
		return new Hl7Message(segment("MSH", header(2), header(5), header(6), header(3), header(4), time, "", type, id,
				header(11), "2.5", "", "", "", "", "", header(18)) + segment("MSA", code, header(10)));
	}

	/** As above, with an error of table 0357, and a text for people. */
	Hl7Message acknowledge(String code, String error, String text) {
		String coded = String.join(componentSeparator(), error, "", "HL70357");
		return new Hl7Message(acknowledge(code).text + segment("ERR", "", "", coded, "E", "", "", "", text));
	}

	/** Returns a segment without empty fields at its end. */
	private String segment(String... fields) {
		return String.join(separator(), fields).replaceAll(Pattern.quote(separator()) + "+$", "") + "\r";
	}

	private static String part(String text, String separator, int number) {
		String[] parts = text.split(Pattern.quote(separator), -1);
		return (number <= parts.length) ? parts[number - 1] : "";
	}

	/** MSH-1, the character after MSH. */
	private String separator() {
		return this.text.substring(3, 4);
	}

	/** The first character of MSH-2. */
	private String componentSeparator() {
		return this.text.substring(4, 5);
	}

}
