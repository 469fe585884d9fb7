package dev.socketserver.mailbox.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.database.MariaDbServer;
import dev.socketserver.mailbox.MailboxFullException;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.NewLetter;
import dev.socketserver.mailbox.store.Recipient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** Nodes that post at the same time do not exceed the capacity together. */
class SharedCapacityTests {

	private static final int ROUNDS = 20;

	private static final int CAPACITY = 3;

	private static final int THREADS = 4;

	@RegisterExtension
	private final Opened opened = new Opened();

	private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

	@Test
	void onPostgres() throws Exception {
		check(this.opened.add(PostgresServer.open()).url());
	}

	@Test
	void onMariaDb() throws Exception {
		check(this.opened.add(MariaDbServer.open()).url());
	}

	@Test
	void onMariaDbThatRefusesToReadWhatIsNewerThanItsSnapshot() throws Exception {
		check(this.opened.add(MariaDbServer.open()).url() + DatabaseStore.ISOLATED_SNAPSHOTS);
	}

	private void check(String url) throws Exception {
		this.opened.add(this.threads::shutdownNow);
		List<DataSource> nodes = new ArrayList<>();
		List<LetterStore> stores = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			HikariDataSource pool = this.opened.add(new HikariDataSource());
			pool.setJdbcUrl(url);
			pool.setMaximumPoolSize(2);
			DataSource node = DatabaseStore.of(pool, url);
			nodes.add(node);
			stores.add(DatabaseStore.create(node));
		}
		for (int round = 0; round < ROUNDS; round++) {
			assertThat(postAtOnce(nodes, stores)).as("round %s", round).isEqualTo(CAPACITY);
		}
	}

	/** Returns how many letters were stored. */
	private int postAtOnce(List<DataSource> nodes, List<LetterStore> stores) throws Exception {
		Recipient recipient = new Recipient("device", UUID.randomUUID().toString());
		CountDownLatch begin = new CountDownLatch(1);
		List<Future<Integer>> posts = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			LetterStore store = stores.get(i);
			TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(nodes.get(i)));
			String node = "n" + i;
			posts.add(this.threads.submit(() -> {
				begin.await();
				int stored = post(store, recipient, node + " alone") ? 1 : 0;
				boolean second = Boolean.TRUE
					.equals(transaction.execute((status) -> post(store, recipient, node + " in a transaction")));
				return stored + (second ? 1 : 0);
			}));
		}
		begin.countDown();
		int stored = 0;
		for (Future<Integer> post : posts) {
			stored += Patience.await(post);
		}
		return stored;
	}

	private static boolean post(LetterStore store, Recipient recipient, String key) {
		try {
			return store.post(new NewLetter(recipient, key, new byte[1], Duration.ofMinutes(1)), CAPACITY).stored();
		}
		catch (MailboxFullException ex) {
			return false;
		}
	}

}
