package dev.socketserver.benchmarks.stores;

import java.io.IOException;
import java.sql.SQLException;

/**
 * Has letters wait for devices, connects them, and counts the letters that they get.
 */
final class MailboxLoad implements Stores.Load {

	/** More than are delivered in time. */
	private static final int LETTERS = 16_000;

	private final StoringApplication application;

	private final int sessions;

	MailboxLoad(StoringApplication application, int sessions) {
		this.application = application;
		this.sessions = sessions;
	}

	/** Has letters wait for each of so many devices. */
	static void post(StoringApplication application, int devices) throws SQLException {
		application.execute("truncate socket_mailbox", """
				insert into socket_mailbox (identity, letter_key, state, attempts, posted_at, expires_at, until_at,
						token, ended_at, payload)
				select 'device:d' || device, letter, 'WAITING', 0, now_at, now_at + 3600000, 0, 0, 0, '\\x6c6574746572'
				from generate_series(1, %d) letter, generate_series(0, %d) device,
						(select cast(extract(epoch from now()) * 1000 as bigint) now_at) clock
				""".formatted(LETTERS / devices, devices - 1), "analyze socket_mailbox");
	}

	@Override
	public void prepare() throws SQLException {
		post(this.application, this.sessions);
	}

	@Override
	public int run(long end) throws IOException {
		try (Peers peers = new Peers(this.application.port("devices"), this.sessions)) {
			for (int peer = 0; peer < this.sessions; peer++) {
				peers.send(peer, Peers.line("d" + peer), 1);
			}
			return peers.exchange(end, (peer, lines) -> {
			});
		}
	}

}
