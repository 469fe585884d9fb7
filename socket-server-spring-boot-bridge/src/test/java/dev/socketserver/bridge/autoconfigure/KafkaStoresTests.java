package dev.socketserver.bridge.autoconfigure;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;

import dev.socketserver.autoconfigure.block.BlockServer;
import dev.socketserver.bridge.kafka.KafkaStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("long")
class KafkaStoresTests {

	private final BlockServer server = (BlockServer) Proxy.newProxyInstance(getClass().getClassLoader(),
			new Class<?>[] { BlockServer.class }, (proxy, method, arguments) -> {
				throw new UnsupportedOperationException(method.toString());
			});

	@Test
	void aBridgeThatGivesUpAtAnotherTimeHasAProducerOfItsOwn() {
		Object producers = new DefaultKafkaProducerFactory<>(Map.of("bootstrap.servers", "127.0.0.1:1"));
		try (KafkaStores stores = new KafkaStores(new StaticListableBeanFactory(Map.of("producers", producers)))) {
			KafkaStore first = stores.store(this.server, "meters", Duration.ofMinutes(1));
			assertThat(stores.store(this.server, "meters", Duration.ofMinutes(1))).isSameAs(first);
			assertThat(stores.store(this.server, "meters", Duration.ofSeconds(5))).isNotSameAs(first);
		}
	}

}
