package dev.socketserver.test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionInfo;
import dev.socketserver.test.connection.TimeLimit;
import dev.socketserver.transcript.Transcript;
import dev.socketserver.transcript.Transcript.Entry;
import dev.socketserver.transcript.Transcript.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Plays {@linkplain Transcript transcripts} against a server, with the payloads of the
 * peer split in a certain way.
 *
 * @see SocketTestClient#everySplit()
 * @see SocketTestClient#glued()
 */
public final class TranscriptReplay {

	/** How long a session that does not read is waited for. */
	private static final Duration MOST_TO_READ = Duration.ofSeconds(1);

	/**
	 * How long to wait for a server that cannot be asked what it has read. As a rule, it
	 * has read the first part by then.
	 */
	private static final Duration READ_UNSEEN = Duration.ofMillis(20);

	private final SocketTestClient client;

	private final Segments segments;

	private int splits;

	private int splitsRead;

	TranscriptReplay(SocketTestClient client, Segments segments) {
		this.client = client;
		this.segments = segments;
	}

	/**
	 * Plays the transcript in a file.
	 * @param transcript the file, in UTF-8
	 * @throws AssertionError if the server answers in another way; the message has the
	 * line, and where the payload was split
	 * @throws UncheckedIOException if the file cannot be read
	 */
	public void replay(Path transcript) {
		try {
			replay(Files.readString(transcript));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not read the transcript " + transcript, ex);
		}
	}

	/**
	 * Plays a transcript.
	 * @param transcript the text
	 * @throws AssertionError if the server answers in another way; the message has the
	 * line, and where the payload was split
	 */
	public void replay(String transcript) {
		List<Entry> entries = Transcript.parse(transcript).entries();
		switch (this.segments) {
			case AS_WRITTEN -> play(entries, this.client, null);
			case GLUED -> play(glue(entries), this.client, null);
			case EVERY_SPLIT -> splits(entries).forEach((split) -> {
				try (SocketTestClient again = this.client.reconnected()) {
					play(entries, again, split);
				}
			});
		}
	}

	/**
	 * Returns how many splits were played so far, on a connection each.
	 * @return the number; 0 unless every split is played
	 */
	public int splits() {
		return this.splits;
	}

	/**
	 * Returns how many of the {@linkplain #splits() splits} have reached the server as
	 * two reads for certain: it had read the first part before the second was sent. All
	 * are, unless a session did not go on reading, or the server cannot be asked: it runs
	 * elsewhere, the client was connected to a port only, or the server uses the PROXY
	 * protocol. Then the second part is sent a moment later.
	 * @return the number
	 */
	public int splitsRead() {
		return this.splitsRead;
	}

	private static List<Entry> glue(List<Entry> entries) {
		List<Entry> glued = new ArrayList<>();
		for (Entry entry : entries) {
			Entry last = glued.isEmpty() ? null : glued.get(glued.size() - 1);
			if (last != null && entry.kind() == Kind.RECEIVED && last.kind() == Kind.RECEIVED
					&& last.session().equals(entry.session())) {
				ByteArrayOutputStream both = new ByteArrayOutputStream();
				both.writeBytes(last.payload());
				both.writeBytes(entry.payload());
				glued.set(glued.size() - 1,
						Entry.payload(Kind.RECEIVED, entry.session(), both.toByteArray(), last.line()));
			}
			else {
				glued.add(entry);
			}
		}
		return glued;
	}

	/**
	 * Returns all ways to split one payload; one that splits nothing if no payload can be
	 * split.
	 */
	private static Stream<Split> splits(List<Entry> entries) {
		List<Split> splits = new ArrayList<>();
		for (Entry entry : entries) {
			for (int at = 1; entry.kind() == Kind.RECEIVED && at < entry.payload().length; at++) {
				splits.add(new Split(entry, at));
			}
		}
		return (entries.isEmpty() || !splits.isEmpty()) ? splits.stream() : Stream.of(new Split(entries.get(0), 0));
	}

	private void play(List<Entry> entries, SocketTestClient first, @Nullable Split split) {
		Map<String, SocketTestClient> clients = new HashMap<>();
		try {
			for (Entry entry : entries) {
				SocketTestClient client = clients.computeIfAbsent(entry.session(),
						(session) -> clients.isEmpty() ? first : first.reconnected());
				try {
					play(entry, client, split);
				}
				catch (AssertionError ex) {
					throw new AssertionError("Line " + entry.line() + " of the transcript"
							+ ((split != null) ? split.text() : "") + ": " + ex.getMessage(), ex);
				}
			}
		}
		finally {
			clients.values().stream().filter((client) -> client != first).forEach(SocketTestClient::close);
		}
	}

	private void play(Entry entry, SocketTestClient client, @Nullable Split split) {
		byte[] payload = entry.payload();
		switch (entry.kind()) {
			case RECEIVED -> {
				if (split != null && split.entry() == entry && split.at() > 0) {
					client.sendRaw(Arrays.copyOfRange(payload, 0, split.at()));
					this.splits++;
					this.splitsRead += awaitRead(client) ? 1 : 0;
					client.sendRaw(Arrays.copyOfRange(payload, split.at(), payload.length));
				}
				else {
					client.sendRaw(payload);
				}
			}
			case SENT -> client.expectBytes(payload);
			case CLOSED -> end(client, Objects.requireNonNull(entry.reason()));
		}
	}

	/**
	 * Waits until the server has read what a client has sent: what is sent before that is
	 * joined by the system.
	 * @return whether the server has read it for certain
	 */
	private static boolean awaitRead(SocketTestClient client) {
		ConnectedSession session = ConnectedSession.of(client).orElse(null);
		if (session == null) {
			LockSupport.parkNanos(READ_UNSEEN.toNanos());
			return false;
		}
		return session
			.await((info) -> hasRead(info, client) || info.readsPaused() || info.state() != SessionInfo.State.OPEN,
					MOST_TO_READ)
			.filter((info) -> hasRead(info, client))
			.isPresent();
	}

	private static boolean hasRead(SessionInfo info, SocketTestClient client) {
		return info.bytesReceived() >= client.bytesSent();
	}

	private static void end(SocketTestClient client, CloseReason reason) {
		// A peer of UDP is not notified of the end.
		if (client.isStream()) {
			switch (reason) {
				case PEER_CLOSED -> client.endOutput().expectClosed();
				case PEER_RESET -> client.reset();
				default -> client.expectEnd();
			}
		}
		ConnectedSession.of(client).ifPresent((session) -> expectReason(client, session, reason));
	}

	/** Waits until the session of a client has ended, and compares the reason. */
	private static void expectReason(SocketTestClient client, ConnectedSession session, CloseReason expected) {
		CloseStatus found = session.await((info) -> info.state() == SessionInfo.State.CLOSED, client.timeout())
			.map((info) -> Objects.requireNonNull(info.closed()))
			.orElseThrow(() -> new AssertionError("Expected the session of " + client + " to end with " + expected
					+ ", but it has not ended after " + TimeLimit.text(client.timeout())));
		if (found.reason() != expected) {
			throw new AssertionError(
					"Expected the session of " + client + " to end with " + expected + ", but it ended with "
							+ found.reason() + ((found.detail() != null) ? " (" + found.detail() + ")" : ""));
		}
	}

	/** How the payloads of the peer are split into segments. */
	enum Segments {

		AS_WRITTEN, GLUED, EVERY_SPLIT

	}

	/** One payload, and after how many bytes it is split; nothing is split after none. */
	private record Split(Entry entry, int at) {

		private String text() {
			return (this.at > 0) ? ", with line " + this.entry.line() + " cut behind byte " + this.at : "";
		}

	}

}
