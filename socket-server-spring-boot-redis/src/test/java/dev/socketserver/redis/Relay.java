package dev.socketserver.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Stands between nodes and a Redis, and can be a bad network: one that says nothing any
 * more, or takes its time; or an address that another Redis has meanwhile.
 */
final class Relay implements AutoCloseable {

	private final ServerSocket listener;

	private volatile int target;

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	/** Guarded by this. */
	private boolean cut;

	private volatile long delayMillis;

	Relay(int target) {
		this.target = target;
		try {
			this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start(this::accept);
	}

	int port() {
		return this.listener.getLocalPort();
	}

	/** What is connected anew reaches another port. */
	void target(int port) {
		this.target = port;
	}

	/** From now on nothing gets through, and no one is notified. */
	synchronized void cut() {
		this.cut = true;
	}

	/** What was cut off ends, and what is connected anew works. */
	synchronized void heal() {
		this.cut = false;
		end();
		notifyAll();
	}

	/** What is connected ends. */
	void end() {
		this.open.removeIf((one) -> {
			close(one);
			return true;
		});
	}

	/** Has what Redis says take some time. */
	void delay(long millis) {
		this.delayMillis = millis;
	}

	private void accept() {
		try {
			while (true) {
				Socket client = this.listener.accept();
				awaitWhole();
				Socket server = connect(client);
				if (server == null) {
					continue;
				}
				client.setTcpNoDelay(true);
				server.setTcpNoDelay(true);
				this.open.add(client);
				this.open.add(server);
				start(() -> copy(client, server, false));
				start(() -> copy(server, client, true));
			}
		}
		catch (IOException | InterruptedException ex) {
			// The test is over.
		}
	}

	private @Nullable Socket connect(Socket client) {
		try {
			return new Socket(InetAddress.getLoopbackAddress(), this.target);
		}
		catch (IOException ex) {
			// Nobody listens there now.
			close(client);
			return null;
		}
	}

	private void copy(Socket from, Socket to, boolean slow) {
		byte[] buffer = new byte[64 * 1024];
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			for (int n; (n = in.read(buffer)) >= 0;) {
				awaitWhole();
				if (slow && this.delayMillis > 0) {
					Thread.sleep(this.delayMillis);
				}
				out.write(buffer, 0, n);
			}
		}
		catch (IOException | InterruptedException ex) {
			// One end has gone.
		}
	}

	private synchronized void awaitWhole() throws InterruptedException {
		while (this.cut) {
			wait();
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "relay");
		thread.setDaemon(true);
		thread.start();
	}

	private static void close(AutoCloseable one) {
		try {
			one.close();
		}
		catch (Exception ex) {
			// It is closed.
		}
	}

	@Override
	public void close() {
		close(this.listener);
		heal();
	}

}
