package dev.socketserver.mailbox.jdbc;

import java.util.function.Consumer;
import java.util.function.Function;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.autoconfigure.durable.SchemaInitialization;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.mailbox.store.LetterStore;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A store in a database of its own, for all tests of a class.
 */
final class DatabaseStore implements BeforeAllCallback, AfterAllCallback {

	/**
	 * What the URL of a MariaDB of 10.11.8 or newer ends with that is to be as 11.6.2 is
	 * by default: what was committed since the snapshot of a transaction can be neither
	 * locked nor changed there. Statements may have a part for these versions only.
	 */
	static final String ISOLATED_SNAPSHOTS = "&sessionVariables=innodb_snapshot_isolation=ON";

	private final Function<Opened, String> database;

	private final Consumer<JdbcTemplate> preparation;

	private final Opened opened = new Opened();

	private HikariDataSource dataSource;

	private LetterStore store;

	/**
	 * Describes the store.
	 * @param database opens the database, and returns its URL
	 */
	DatabaseStore(Function<Opened, String> database) {
		this(database, (jdbc) -> {
		});
	}

	/**
	 * Describes the store.
	 * @param database opens the database, and returns its URL
	 * @param preparation prepares the database, before there is the table
	 */
	DatabaseStore(Function<Opened, String> database, Consumer<JdbcTemplate> preparation) {
		this.database = database;
		this.preparation = preparation;
	}

	@Override
	public void beforeAll(ExtensionContext tests) {
		String url = this.database.apply(this.opened);
		this.dataSource = this.opened.add(new HikariDataSource());
		this.dataSource.setJdbcUrl(url);
		this.preparation.accept(jdbc());
		this.store = create(this.dataSource);
	}

	/** Makes a store with its table. */
	static LetterStore create(DataSource dataSource) {
		JdbcLetterStore created = new JdbcLetterStore(dataSource,
				new LetterTable(SchemaInitialization.ALWAYS, (product, source) -> {
				}));
		created.prepare();
		return created;
	}

	/** A pool of the database of a URL, as its version is meant to be. */
	static DataSource of(DataSource pool, String url) {
		return url.endsWith(ISOLATED_SNAPSHOTS)
				? new ChangedStatements(pool, (sql) -> sql.replace("/*M!110602", "/*M!101108")) : pool;
	}

	JdbcTemplate jdbc() {
		return new JdbcTemplate(this.dataSource);
	}

	HikariDataSource dataSource() {
		return this.dataSource;
	}

	LetterStore store() {
		return this.store;
	}

	@Override
	public void afterAll(ExtensionContext tests) throws Exception {
		this.opened.closeAll();
	}

}
