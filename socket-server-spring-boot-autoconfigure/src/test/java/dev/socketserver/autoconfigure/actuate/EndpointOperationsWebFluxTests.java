package dev.socketserver.autoconfigure.actuate;

import org.junit.jupiter.api.Tag;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Every operation of the endpoints with Spring WebFlux, whose event loops nothing may
 * block.
 */
@Tag("long")
@SpringBootTest(classes = { ActuatorApplication.class, AbstractEndpointOperationsTests.Watching.class },
		webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.main.web-application-type=reactive",
				"management.endpoints.web.exposure.include=socketservers,socketsessions,socketclients",
				"server.address=127.0.0.1" })
class EndpointOperationsWebFluxTests extends AbstractEndpointOperationsTests {

	@Override
	boolean mayWait(String thread) {
		return thread.startsWith("boundedElastic-");
	}

}
