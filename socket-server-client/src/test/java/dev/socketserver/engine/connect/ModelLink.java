package dev.socketserver.engine.connect;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.engine.ModelWire;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.session.Session;
import org.jspecify.annotations.Nullable;

/** A connection of a client of {@link ClientModel}, and its server. */
final class ModelLink {

	private final ClientModel model;

	private final ClientConnection of;

	private final ModelWire connection = new ModelWire();

	private final Session session;

	/** What the server has got of a line. */
	private String unfinished = "";

	/** What the server has still to answer. */
	private final List<String> requests = new ArrayList<>();

	private boolean over;

	ModelLink(ClientModel model, ClientConnection of) {
		this.model = model;
		this.of = of;
		InetSocketAddress address = new InetSocketAddress(0);
		this.session = new Session(of.sessionContext(), this.connection, address, address, of.lanes(model.threads()),
				new LoopScratch());
	}

	void open() {
		this.of.opening(this.session);
		this.session.open();
	}

	void execute(Runnable task) {
		this.connection.execute(task);
	}

	/**
	 * Runs a task of the loop, or closes the connection where the session wants it.
	 * @return whether there was anything to do
	 */
	boolean looped() {
		if (this.connection.runLoop()) {
			return true;
		}
		boolean closes = (this.connection.isEnded() && this.connection.writes.isEmpty()) || this.connection.isAborted();
		if (closes) {
			lose(null);
		}
		return closes;
	}

	/** What the socket has been given, and has not taken. */
	List<ModelWire.Write> writes() {
		return this.connection.writes;
	}

	/**
	 * The server has got bytes.
	 * @return the lines that they complete
	 */
	List<String> got(String bytes) {
		String text = this.unfinished + bytes;
		int end = text.lastIndexOf('\n') + 1;
		this.unfinished = text.substring(end);
		return text.substring(0, end).lines().toList();
	}

	/** The server has got a request. */
	void asked(String line) {
		this.requests.add(line);
	}

	/** The server answers a request, if there is one. */
	void answer() {
		if (!this.over && !this.requests.isEmpty()) {
			receive("re " + this.requests.remove(0) + "\n");
		}
	}

	private void receive(String line) {
		byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
		this.session.received(bytes, bytes.length, System.nanoTime());
		this.session.readsEnded();
	}

	void lose(@Nullable Throwable failure) {
		this.over = true;
		this.model.lost(this);
		this.session.disconnected(failure);
		this.of.disconnected(this.session);
	}

}
