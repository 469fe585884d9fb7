package dev.socketserver.autoconfigure.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties.HeartbeatAnswer;
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

	private final SessionProperties.Heartbeat keys;

	HeartbeatKeys(SessionProperties.Heartbeat keys) {
		this.keys = keys;
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
	Heartbeat heartbeat() {
		List<Heartbeat.Answer> answers = new ArrayList<>();
		if (this.keys.answer() != null) {
			for (HeartbeatAnswer each : this.keys.answer()) {
				answers.add(new Heartbeat.Answer(orEmpty(each.to()), orEmpty(each.with()), range(each.copy())));
			}
		}
		return new Heartbeat(period(this.keys), this.keys.timeout(), orNone(this.keys.message()),
				orNone(this.keys.reply()), this.keys.replyTimeout(), answers, range(this.keys.placeholder()));
	}

	private static @Nullable String orNone(@Nullable String text) {
		return StringUtils.hasLength(text) ? text : null;
	}

	private static String orEmpty(@Nullable String text) {
		return (text != null) ? text : "";
	}

	private static @Nullable String range(@Nullable String text) {
		if (text == null || !text.matches("-?\\d{1,9}")) {
			return orNone(text);
		}
		int number = Integer.parseInt(text);
		return number / YAML_BASE + ":" + Math.abs(number % YAML_BASE);
	}

}
