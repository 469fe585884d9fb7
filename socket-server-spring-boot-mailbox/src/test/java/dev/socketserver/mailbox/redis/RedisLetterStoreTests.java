package dev.socketserver.mailbox.redis;

import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisLetterStoreTests extends LetterStoreContract {

	private static OwnRedis redis;

	private static LetterStore store;

	@BeforeAll
	static void open() {
		redis = new OwnRedis();
		store = OwnRedis.store(redis.connections());
	}

	@AfterAll
	static void close() {
		if (redis != null) {
			redis.close();
		}
	}

	@Override
	protected LetterStore store() {
		return store;
	}

}
