package dev.socketserver.demo.meter;

import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Has the meter be read.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class MeterConfiguration {

}
