package dev.socketserver.mailbox.jdbc;

import dev.socketserver.fixtures.database.MariaDbServer;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class MariaDbLetterStoreTests extends LetterStoreContract {

	@RegisterExtension
	private static final DatabaseStore database = new DatabaseStore((opened) -> opened.add(MariaDbServer.open()).url(),
			// Whatever the database is made with.
			(jdbc) -> jdbc.execute("ALTER DATABASE test CHARACTER SET latin1"));

	@Override
	protected LetterStore store() {
		return database.store();
	}

}
