package dev.socketserver.examples.devices;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;

@ConfigurationProperties("devices")
record DevicesProperties(Map<String, String> keys, Duration replyTimeout) {

	boolean isKey(String id, String key) {
		String expected = this.keys.get(id);
		return expected != null && MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8),
				key.getBytes(StandardCharsets.UTF_8));
	}

	/** Without the keys, which must not be in a log. */
	@Override
	public String toString() {
		return "DevicesProperties[replyTimeout=" + this.replyTimeout + "]";
	}

}
