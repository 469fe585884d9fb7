package dev.socketserver.mailbox.redis;

import java.util.Properties;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Finds out whether Redis keeps what it has been given when it is restarted.
 *
 * @param factory connects to Redis
 * @param required whether one that does not is refused; else there is a warning
 */
public record RedisDurability(RedisConnectionFactory factory, boolean required) {

	private static final SafeLogger logger = SafeLogger.of(RedisDurability.class);

	/**
	 * Asks Redis.
	 * @throws InvalidSocketPropertyException if it would forget letters, and that is not
	 * allowed, or if it is too old
	 */
	public void check() {
		try (RedisConnection connection = this.factory.getConnection()) {
			String version = info(connection, "server", "redis_version");
			if (version != null && version.matches("[0-5]\\..*|6\\.[01](\\..*)?")) {
				throw new InvalidSocketPropertyException("socket.mailbox.store", "redis",
						"letters need Redis 6.2 or newer, and this one is " + version, "Update Redis");
			}
			if ("0".equals(info(connection, "persistence", "aof_enabled"))) {
				refuse("Redis has no append-only file, and forgets letters when it is restarted",
						"Set appendonly to yes in the configuration of Redis");
			}
			String policy = info(connection, "memory", "maxmemory_policy");
			if (policy != null && !policy.equals("noeviction")) {
				refuse("Redis removes letters when its memory is full: its maxmemory-policy is " + policy,
						"Set maxmemory-policy to noeviction in the configuration of Redis");
			}
			warnUnlessSynced(connection);
		}
	}

	private void refuse(String problem, String remedy) {
		if (this.required) {
			throw new InvalidSocketPropertyException("socket.mailbox.store", "redis", problem,
					remedy + ", or set socket.mailbox.require-durable to false");
		}
		logger.warn("Letters may be lost: {}. {}", problem, remedy);
	}

	private static void warnUnlessSynced(RedisConnection connection) {
		String value;
		try {
			value = value(connection.serverCommands().getConfig("appendfsync"), "appendfsync");
		}
		catch (DataAccessException ex) {
			// Who runs Redis for others often does not say.
			return;
		}
		if (value != null && !value.equals("always")) {
			logger.warn("Redis has appendfsync = {}: letters that were reported as stored last may be lost when its "
					+ "machine fails. Set it to always", value);
		}
	}

	private static @Nullable String info(RedisConnection connection, String section, String key) {
		return value(connection.serverCommands().info(section), key);
	}

	/** With a Redis Cluster, keys begin with the names of nodes. */
	private static @Nullable String value(@Nullable Properties all, String key) {
		if (all == null) {
			return null;
		}
		return all.stringPropertyNames()
			.stream()
			.filter((name) -> name.equals(key) || name.endsWith("." + key))
			.findFirst()
			.map(all::getProperty)
			.orElse(null);
	}

}
