package dev.socketserver.autoconfigure.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties.HeartbeatAnswer;
import dev.socketserver.autoconfigure.properties.Written;
import dev.socketserver.spec.Heartbeat;
import org.jspecify.annotations.Nullable;

import org.springframework.util.CollectionUtils;
import org.springframework.util.StringUtils;

/**
 * The keys of heartbeats, of which an empty one switches off one that is inherited. Not
 * loaded where there are none.
 */
final class HeartbeatKeys {

	/** In a file of YAML, 8:4 without quotes is a number to the base 60. */
	private static final int YAML_BASE = 60;

	private HeartbeatKeys() {
	}

	/** Whether there is something to be sent, answered or taken out of messages. */
	static boolean hasEffect(SessionProperties.Heartbeat keys) {
		return period(keys) != null || StringUtils.hasLength(keys.reply()) || !CollectionUtils.isEmpty(keys.answer());
	}

	private static @Nullable Duration period(SessionProperties.Heartbeat keys) {
		Duration period = keys.period();
		return (period != null && !period.isZero()) ? period : null;
	}

	/** Returns heartbeats as the keys say. */
	static Heartbeat heartbeat(SessionProperties.Heartbeat keys) {
		List<Heartbeat.Answer> answers = new ArrayList<>();
		if (keys.answer() != null) {
			for (HeartbeatAnswer each : keys.answer()) {
				answers.add(new Heartbeat.Answer(Objects.requireNonNullElse(each.to(), ""),
						Objects.requireNonNullElse(each.with(), ""), range(each.copy())));
			}
		}
		return new Heartbeat(period(keys), keys.timeout(), Written.orNone(keys.message()), Written.orNone(keys.reply()),
				keys.replyTimeout(), answers, range(keys.placeholder()));
	}

	private static @Nullable String range(@Nullable String text) {
		if (text == null || !text.matches("-?\\d{1,9}")) {
			return Written.orNone(text);
		}
		int number = Integer.parseInt(text);
		return number / YAML_BASE + ":" + Math.abs(number % YAML_BASE);
	}

}
