package dev.socketserver.autoconfigure.cluster;

import java.nio.charset.StandardCharsets;

import dev.socketserver.SocketServers;
import dev.socketserver.cluster.spi.ManagedCluster.ReplyReader;
import dev.socketserver.payload.PayloadConverter;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * Reads replies of sessions of the cluster: text in the charset of their server, else by
 * a converter of the application, else as JSON.
 */
final class ClusterReplies implements ReplyReader {

	private final ConfigurableApplicationContext context;

	ClusterReplies(ConfigurableApplicationContext context) {
		this.context = context;
	}

	@Override
	public <T> T read(String server, byte[] bytes, Class<T> type) throws Exception {
		if (type == String.class || type == CharSequence.class || type == Object.class) {
			return type.cast(new String(bytes,
					this.context.getBean(SocketServers.class)
						.server(server)
						.map((its) -> its.spec().session().charset())
						.orElse(StandardCharsets.UTF_8)));
		}
		for (PayloadConverter<?> converter : this.context.getBeansOfType(PayloadConverter.class).values()) {
			if (type.isAssignableFrom(converter.type())) {
				return type.cast(converter.read(bytes, 0, bytes.length));
			}
		}
		if (ClassUtils.isPresent("tools.jackson.databind.json.JsonMapper", this.context.getClassLoader())) {
			return Json.read(this.context, bytes, type);
		}
		throw new IllegalArgumentException("There is no converter for " + type.getName());
	}

	/** Loaded only where Jackson is. */
	private static final class Json {

		static <T> T read(ListableBeanFactory beans, byte[] bytes, Class<T> type) {
			tools.jackson.databind.ObjectMapper mapper = beans
				.getBeanProvider(tools.jackson.databind.json.JsonMapper.class)
				.getIfAvailable(() -> tools.jackson.databind.json.JsonMapper.builder().build());
			return mapper.readValue(bytes, type);
		}

	}

}
