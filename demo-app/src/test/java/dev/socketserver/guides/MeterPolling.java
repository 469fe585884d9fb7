package dev.socketserver.guides;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
@EnableScheduling
class MeterPolling {

	private static final Logger logger = LoggerFactory.getLogger(MeterPolling.class);

	private final SocketServers servers;

	private final Map<String, Reading> readings = new ConcurrentHashMap<>();

	MeterPolling(SocketServers servers) {
		this.servers = servers;
	}

	@Scheduled(fixedDelayString = "${meters.every:10s}")
	void poll() {
		this.servers.get("meters").sessions().forEach(this::poll);
	}

	private void poll(SocketSession session) {
		List<String> meters = session.info().bound().getOrDefault("meter", List.of());
		if (meters.isEmpty() || session.info().requests() > 0) {
			return;
		}
		session.ask("value", Reading.class, Duration.ofSeconds(5)).whenComplete((reading, failure) -> {
			if (failure == null) {
				this.readings.put(meters.get(0), reading);
			}
			else {
				logger.warn("Meter {} has not replied: {}", meters.get(0), failure.toString());
				session.close();
			}
		});
	}

	@Nullable Reading reading(String meter) {
		return this.readings.get(meter);
	}

	record Reading(long watts) {

	}

}
