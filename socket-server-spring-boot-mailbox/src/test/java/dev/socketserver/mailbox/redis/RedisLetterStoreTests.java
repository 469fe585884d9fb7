package dev.socketserver.mailbox.redis;

import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

class RedisLetterStoreTests extends LetterStoreContract {

	private static RedisServer server;

	private static LettuceConnectionFactory connections;

	private static LetterStore store;

	@BeforeAll
	static void open() {
		server = RedisServer.open();
		connections = new LettuceConnectionFactory("127.0.0.1", server.port());
		connections.afterPropertiesSet();
		connections.start();
		store = new RedisLetterStore(connections, "default", () -> {
		});
	}

	@AfterAll
	static void close() {
		if (server != null) {
			connections.destroy();
			server.close();
		}
	}

	@Override
	protected LetterStore store() {
		return store;
	}

}
