package dev.socketserver.demo;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;

/**
 * The whole demo, on free ports of this JVM. One annotation for all tests, so that they
 * share one application. Those that need the client start it: to others its session would
 * be one too many.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "socket.clients.meter.start.auto=false")
@AutoConfigureRestTestClient
@AutoConfigureMetrics
@Import(OwnPorts.class)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface DemoTest {

}
