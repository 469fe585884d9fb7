package dev.socketserver.mailbox.redis;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.socketserver.mailbox.store.ClockJumpContract;
import dev.socketserver.mailbox.store.LetterStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.ReturnType;

/** The scripts of the store add to the clock of Redis what the key {@code shift} says. */
class RedisClockTests extends ClockJumpContract {

	private static final String CLOCK = "return tonumber(time[1]) * 1000";

	private static final String SHIFTED = "return (tonumber(time[1]) + tonumber(redis.call('GET', 'shift') or '0')) * 1000";

	@RegisterExtension
	private static final OwnRedis redis = new OwnRedis();

	private static LetterStore store;

	@BeforeAll
	static void open() {
		store = OwnRedis
			.store(proxy(RedisConnectionFactory.class, redis.connections(), "getConnection", RedisClockTests::shifted));
	}

	private static RedisConnection shifted(Object[] arguments) {
		RedisConnection connection = redis.connect();
		return proxy(RedisConnection.class, connection, "evalSha", (call) -> connection.scriptingCommands()
			.eval(script((String) call[0]), (ReturnType) call[1], (int) call[2], (byte[][]) call[3]));
	}

	private static byte[] script(String sha) {
		for (LetterScript each : LetterScript.values()) {
			String text = each.script().getScriptAsString();
			if (each.script().getSha1().equals(sha) && text.contains(CLOCK)) {
				return text.replace(CLOCK, SHIFTED).getBytes(StandardCharsets.UTF_8);
			}
		}
		throw new IllegalStateException("The scripts read the clock in another way");
	}

	/** Makes an object that does one thing otherwise. */
	private static <T> T proxy(Class<T> type, T target, String name, Substitute substitute) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, arguments) -> {
				if (method.getName().equals(name)) {
					return substitute.call(arguments);
				}
				try {
					return method.invoke(target, arguments);
				}
				catch (InvocationTargetException ex) {
					throw ex.getCause();
				}
			}));
	}

	@Override
	protected LetterStore store() {
		return store;
	}

	@Override
	protected void setClock(Duration ahead) {
		redis.command("SET shift " + ahead.toSeconds());
	}

	/** What is done in place of a call. */
	private interface Substitute {

		Object call(Object[] arguments);

	}

}
