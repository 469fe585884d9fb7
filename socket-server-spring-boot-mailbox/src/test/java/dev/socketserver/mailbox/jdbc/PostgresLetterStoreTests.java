package dev.socketserver.mailbox.jdbc;

import java.time.Duration;
import java.util.List;

import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.store.ClaimedLetter;
import dev.socketserver.mailbox.store.Claimer;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import dev.socketserver.mailbox.store.NewLetter;
import dev.socketserver.mailbox.store.Recipient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresLetterStoreTests extends LetterStoreContract {

	private static final Duration MINUTE = Duration.ofMinutes(1);

	@RegisterExtension
	private static final DatabaseStore database = new DatabaseStore(
			(opened) -> opened.add(PostgresServer.open()).url());

	@Override
	protected LetterStore store() {
		return database.store();
	}

	/** A commit takes longer than the statements: a letter is to need one. */
	@Test
	void endsALetterAndClaimsTheNextInOneTransaction() {
		Recipient recipient = new Recipient("device", "one transaction");
		Claimer claimer = new Claimer(1, "here", true, MINUTE, 3);
		for (String key : List.of("a", "b")) {
			store().post(new NewLetter(recipient, key, new byte[0], MINUTE), 5);
		}
		ClaimedLetter first = store().claim(recipient, claimer).letter();
		assertThat(first).isNotNull();

		store().endAndClaim(first.claim(), LetterState.DELIVERED, null, claimer);
		assertThat(database.jdbc()
			.queryForList("SELECT DISTINCT xmin::text FROM socket_mailbox WHERE identity = ?", String.class,
					recipient.toString()))
			.hasSize(1);
	}

}
