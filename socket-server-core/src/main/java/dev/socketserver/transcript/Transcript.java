package dev.socketserver.transcript;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * What the peers of some sessions sent, what they got, and how the sessions ended. The
 * text form has one line for each of these:
 *
 * <pre>
 * # a comment
 * &#64; upper-1                  the session of what follows; only where there are several
 * &gt; "Hello\r\n"              the peer sent this
 * &lt; "HELLO\n"                the peer got this
 * ! PEER_CLOSED              the session ended for this reason
 * </pre>
 *
 * Payloads are bytes as they are in the stream, not frames. They are written as printable
 * ASCII with the escapes {@code \r \n \t \0 \\ \" \xHH}. Empty lines are ignored.
 * Immutable, but for the arrays of its payloads.
 *
 * @param entries the lines, in the order in which things happened, without comments
 */
public record Transcript(List<Entry> entries) {

	/**
	 * Creates a transcript.
	 * @param entries its lines
	 */
	public Transcript {
		entries = List.copyOf(entries);
	}

	/**
	 * Reads a transcript.
	 * @param text the text
	 * @return the transcript
	 * @throws InvalidTranscriptException if a line is none of those above; the message
	 * has its number
	 */
	public static Transcript parse(String text) {
		List<Entry> entries = new ArrayList<>();
		String session = "";
		int number = 0;
		for (String line : text.lines().toList()) {
			number++;
			String content = line.strip();
			if (content.isEmpty() || content.charAt(0) == '#') {
				continue;
			}
			String rest = content.substring(1).strip();
			switch (content.charAt(0)) {
				case '@' -> session = session(rest, number);
				case '>' -> entries.add(Entry.payload(Kind.RECEIVED, session, QuotedBytes.parse(rest, number), number));
				case '<' -> entries.add(Entry.payload(Kind.SENT, session, QuotedBytes.parse(rest, number), number));
				case '!' -> entries.add(Entry.end(session, reason(rest, number), number));
				default -> throw new InvalidTranscriptException(number,
						"a line begins with one of # @ > < !, but this one with '" + content.charAt(0) + "'");
			}
		}
		return new Transcript(entries);
	}

	private static String session(String id, int line) {
		if (id.isEmpty()) {
			throw new InvalidTranscriptException(line, "@ is followed by the id of a session");
		}
		return id;
	}

	private static CloseReason reason(String name, int line) {
		for (CloseReason reason : CloseReason.values()) {
			if (reason.name().equals(name)) {
				return reason;
			}
		}
		throw new InvalidTranscriptException(line,
				"! is followed by a close reason, such as PEER_CLOSED, but '" + name + "' is none");
	}

	/**
	 * Returns the text form, with the ids of the sessions where there are several.
	 */
	@Override
	public String toString() {
		boolean several = this.entries.stream().map(Entry::session).distinct().count() > 1;
		StringBuilder text = new StringBuilder();
		String session = "";
		for (Entry entry : this.entries) {
			if (several && !entry.session().equals(session)) {
				session = entry.session();
				text.append("@ ").append(session).append('\n');
			}
			entry.appendTo(text);
		}
		return text.toString();
	}

	/** What a line says. */
	public enum Kind {

		/** The peer sent a payload, and the session received it. */
		RECEIVED('>'),

		/** The session sent a payload, and the peer got it. */
		SENT('<'),

		/** The session ended. */
		CLOSED('!');

		private final char mark;

		Kind(char mark) {
			this.mark = mark;
		}

	}

	/**
	 * One line of a transcript.
	 *
	 * @param kind what it says
	 * @param session the id of the session; empty if the transcript names none
	 * @param payload the bytes; empty for an end. They are not copied
	 * @param reason why the session ended; {@code null} for a payload
	 * @param line the number of the line in the text, from 1; 0 if there is no text
	 */
	public record Entry(Kind kind, String session, byte[] payload, @Nullable CloseReason reason, int line) {

		private static final byte[] NOTHING = {};

		/**
		 * Creates an entry for a payload.
		 * @param kind {@link Kind#RECEIVED} or {@link Kind#SENT}
		 * @param session the id of the session
		 * @param payload the bytes
		 * @param line the number of the line
		 * @return the entry
		 */
		public static Entry payload(Kind kind, String session, byte[] payload, int line) {
			return new Entry(kind, session, payload, null, line);
		}

		/**
		 * Creates an entry for the end of a session.
		 * @param session the id of the session
		 * @param reason why it ended
		 * @param line the number of the line
		 * @return the entry
		 */
		public static Entry end(String session, CloseReason reason, int line) {
			return new Entry(Kind.CLOSED, session, NOTHING, reason, line);
		}

		private void appendTo(StringBuilder text) {
			text.append(this.kind.mark).append(' ');
			if (this.reason != null) {
				text.append(this.reason);
			}
			else {
				QuotedBytes.append(text, this.payload, 0, this.payload.length);
			}
			text.append('\n');
		}

	}

}
