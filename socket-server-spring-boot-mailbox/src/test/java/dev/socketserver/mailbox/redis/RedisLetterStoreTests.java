package dev.socketserver.mailbox.redis;

import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisLetterStoreTests extends LetterStoreContract {

	@RegisterExtension
	private static final OwnRedis redis = new OwnRedis();

	private static LetterStore store;

	@BeforeAll
	static void open() {
		store = OwnRedis.store(redis.connections());
	}

	@Override
	protected LetterStore store() {
		return store;
	}

}
