package dev.socketserver.examples.inbox;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Component
class Inbox {

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	Inbox(JdbcClient jdbc, PlatformTransactionManager transactions) {
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactions);
	}

	@Scheduled(fixedDelay = 500)
	void read() {
		boolean found = true;
		while (found) {
			found = Boolean.TRUE.equals(this.transaction.execute((status) -> readNext()));
		}
	}

	private boolean readNext() {
		Optional<Row> next = this.jdbc.sql("""
				select position, message_id, payload from socket_inbox
				where server = 'meters' order by position limit 1 for update""").query(Row.class).optional();
		next.ifPresent((row) -> {
			store(row.messageId(), new String(row.payload(), StandardCharsets.UTF_8));
			this.jdbc.sql("delete from socket_inbox where position = ?").param(row.position()).update();
		});
		return next.isPresent();
	}

	/**
	 * Does nothing if the reading is known: its row was deleted, and it was sent again.
	 */
	private void store(String id, String line) {
		boolean known = this.jdbc.sql("select count(*) from reading where id = ?")
			.param(id)
			.query(Integer.class)
			.single() > 0;
		if (!known) {
			this.jdbc.sql("insert into reading (id, line) values (?, ?)").params(id, line).update();
		}
	}

	record Row(long position, String messageId, byte[] payload) {

	}

}
