package dev.socketserver.comingfrom;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.ip.dsl.Tcp;
import org.springframework.integration.ip.tcp.connection.AbstractClientConnectionFactory;
import org.springframework.integration.ip.tcp.connection.CachingClientConnectionFactory;
import org.springframework.integration.ip.tcp.connection.FailoverClientConnectionFactory;
import org.springframework.integration.ip.tcp.connection.TcpNetClientConnectionFactory;
import org.springframework.integration.ip.tcp.serializer.ByteArrayLfSerializer;

@Configuration(proxyBeanMethods = false)
@EnableIntegration
class SpringIntegrationPlant {

	@Bean
	TcpNetClientConnectionFactory first(@Value("${plant.first}") int port) {
		return server(port);
	}

	@Bean
	TcpNetClientConnectionFactory second(@Value("${plant.second}") int port) {
		return server(port);
	}

	private static TcpNetClientConnectionFactory server(int port) {
		TcpNetClientConnectionFactory server = new TcpNetClientConnectionFactory("localhost", port);
		server.setSerializer(new ByteArrayLfSerializer());
		server.setDeserializer(new ByteArrayLfSerializer());
		server.setSingleUse(true);
		return server;
	}

	@Bean
	CachingClientConnectionFactory plant(List<AbstractClientConnectionFactory> servers) {
		FailoverClientConnectionFactory failOver = new FailoverClientConnectionFactory(servers);
		failOver.setSingleUse(true);
		return new CachingClientConnectionFactory(failOver, 4);
	}

	@Bean
	IntegrationFlow ask(CachingClientConnectionFactory plant) {
		return (flow) -> flow.handle(Tcp.outboundGateway(plant))
			.<byte[], String>transform((line) -> new String(line, StandardCharsets.UTF_8));
	}

}
