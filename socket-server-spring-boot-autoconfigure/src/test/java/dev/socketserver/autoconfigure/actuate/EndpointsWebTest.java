package dev.socketserver.autoconfigure.actuate;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.socketserver.actuate.RunningServers;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * Tests of the endpoints over HTTP with Spring MVC. Each begins without servers and
 * clients.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(classes = ActuatorApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = {
				"management.endpoints.web.exposure.include=socketservers,socketsessions,socketclients,health,metrics",
				"management.endpoint.health.show-details=always" })
@AutoConfigureRestTestClient
@AutoConfigureMetrics
@Import({ EndpointCalls.class, AbstractEndpointOperationsTests.Watching.class })
@ExtendWith(EndpointsWebTest.RemoveAll.class)
@interface EndpointsWebTest {

	/** Removes the servers and clients that tests have left. */
	final class RemoveAll implements BeforeEachCallback, AfterEachCallback {

		@Override
		public void beforeEach(ExtensionContext test) {
			ApplicationContext context = SpringExtension.getApplicationContext(test);
			RunningServers.removeAll(context.getBean(NettySocketServers.class),
					context.getBean(NettySocketClients.class));
		}

		@Override
		public void afterEach(ExtensionContext test) {
			beforeEach(test);
		}

	}

}
