package dev.socketserver.autoconfigure.cluster;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

import dev.socketserver.handler.payload.Payload;
import dev.socketserver.handler.payload.PayloadConverters;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.payload.PayloadConverter;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Finds what converts payloads of servers that only other nodes have: the converters of
 * the application, and JSON.
 *
 * @param beanFactory has the converters
 */
public record ClusterConverters(
		ConfigurableListableBeanFactory beanFactory) implements Supplier<List<PayloadConverter<?>>> {

	@Override
	public List<PayloadConverter<?>> get() {
		return new PayloadConverters(this.beanFactory)
			.writing(new PayloadSettings(Payload.AUTO, StandardCharsets.UTF_8));
	}

}
