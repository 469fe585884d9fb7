package dev.socketserver.examples.devices;

import java.util.UUID;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Stands for {@code spring-boot-starter-jdbc}, and gives each test a file of its own.
 */
@Configuration(proxyBeanMethods = false)
class DeviceDatabase {

	@Bean
	HikariDataSource dataSource() {
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setJdbcUrl("jdbc:h2:file:./target/devices/" + UUID.randomUUID() + ";WRITE_DELAY=0");
		return dataSource;
	}

}
