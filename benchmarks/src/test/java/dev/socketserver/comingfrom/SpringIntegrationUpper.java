package dev.socketserver.comingfrom;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.ip.dsl.Tcp;
import org.springframework.integration.ip.tcp.serializer.ByteArrayLfSerializer;

@Configuration(proxyBeanMethods = false)
@EnableIntegration
class SpringIntegrationUpper {

	@Bean
	IntegrationFlow upper() {
		ByteArrayLfSerializer lines = new ByteArrayLfSerializer();
		return IntegrationFlow
			.from(Tcp.inboundGateway(Tcp.netServer(0).id("server").serializer(lines).deserializer(lines)))
			.<byte[], String>transform((line) -> new String(line, StandardCharsets.UTF_8).toUpperCase(Locale.ROOT))
			.get();
	}

}
