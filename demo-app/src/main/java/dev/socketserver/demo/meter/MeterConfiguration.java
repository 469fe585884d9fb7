package dev.socketserver.demo.meter;

import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Enables scheduling, which reads the meter once a second.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class MeterConfiguration {

}
