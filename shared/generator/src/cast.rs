//! The application's principals, one by one.

use crate::principal::{Kind, Network, Principal};

/// What people share behind the office's firewall and its VPN.
const OFFICE: Network = Network::Addresses(&["203.0.113.40", "203.0.113.41"]);

const JAVA: &str = "aws-sdk-java/2.30.31 md/io#async md/http#NettyNio ua/2.1 os/Linux#6.1.129 lang/java#21.0.6";
const GO: &str =
    "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.1 md/GOOS#linux md/GOARCH#arm64 api/dynamodb#1.42.0 m/E,g";
const NODE: &str = "aws-sdk-js/3.758.0 ua/2.1 os/linux#6.1.129 lang/js md/nodejs#22.14.0 api/dynamodb#3.758.0 m/E,N,e";
const PYTHON: &str = "Boto3/1.37.4 md/Botocore#1.37.4 ua/2.1 os/linux#6.1.129 md/arch#x86_64 lang/python#3.12.9";
const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.11.1 (+https://www.terraform.io) \
                         terraform-provider-aws/5.90.0 aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.1";
const CONSOLE: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0";
const CLI: &str = "aws-cli/2.24.0 md/awscrt#0.23.8 ua/2.0 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.9";

impl Principal {
    const fn app(name: &'static str, tasks: u64, agent: &'static str) -> Self {
        Self { name, kind: Kind::Role(tasks), network: Network::Endpoint("10.20.4"), agent }
    }

    const fn of_service(name: &'static str, service: &'static str, session: &'static str) -> Self {
        Self { name, kind: Kind::OfService(session), network: Network::Service(service), agent: service }
    }

    const fn people(name: &'static str, people: &'static [&'static str]) -> Self {
        Self { name, kind: Kind::PermissionSet(people), network: OFFICE, agent: CONSOLE }
    }
}

/// Declares the principals and the list of all of them.
macro_rules! principals {
    ($($name:ident = $principal:expr;)*) => {
        $(pub(crate) static $name: Principal = $principal;)*

        /// All of them.
        #[cfg(test)]
        static ALL: &[&Principal] = &[$(&$name),*];
    };
}

principals! {
    ORDERS_API = Principal::app("app/orders-api", 6, JAVA);
    CARTS_API = Principal::app("app/carts-api", 6, GO);
    CUSTOMERS_API = Principal::app("app/customers-api", 4, JAVA);
    CATALOG_API = Principal::app("app/catalog-api", 8, GO);
    PRICING_API = Principal::app("app/pricing-api", 3, GO);
    PAYMENTS_API = Principal::app("app/payments-api", 3, JAVA);
    RETURNS_API = Principal::app("app/returns-api", 2, JAVA);
    SHIPPING_API = Principal::app("app/shipping-api", 3, JAVA);
    STOCK_API = Principal::app("app/stock-api", 4, GO);
    VOUCHERS_API = Principal::app("app/vouchers-api", 2, NODE);
    REVIEWS_API = Principal::app("app/reviews-api", 2, NODE);
    WISHLIST_API = Principal::app("app/wishlist-api", 2, NODE);
    SEARCH_API = Principal::app("app/search-api", 4, GO);
    RECOMMENDATIONS_API = Principal::app("app/recommendations-api", 3, PYTHON);
    BACKOFFICE_API = Principal::app("app/backoffice-api", 2, NODE);
    SESSION_GATEWAY = Principal::app("app/session-gateway", 6, GO);
    EDGE_GATEWAY = Principal::app("app/edge-gateway", 6, GO);
    FRAUD_CHECK = Principal::app("app/fraud-check", 2, PYTHON);
    NOTIFIER = Principal::app("app/notifications-worker", 3, NODE);
    INVOICER = Principal::app("app/invoice-worker", 2, JAVA);
    SCHEDULER = Principal::app("app/scheduler", 2, GO);
    BOOKKEEPER = Principal::app("app/ledger-writer", 2, JAVA);
    SWEEPER = Principal::app("app/reservation-sweeper", 1, GO);
    EXPIRY_WORKER = Principal::app("app/expiry-worker", 2, GO);
    ORDER_FANOUT = Principal::of_service("lambda/order-fanout", "lambda.amazonaws.com", "order-fanout");
    STOCK_PROJECTOR = Principal::of_service("lambda/stock-projector", "lambda.amazonaws.com", "stock-projector");
    CUSTOMER_SYNC = Principal::of_service("lambda/customer-sync", "lambda.amazonaws.com", "customer-sync");
    NIGHTLY_REPORTS = Principal {
        network: Network::Endpoint("10.20.9"),
        ..Principal::app("ops/nightly-reports", 8, PYTHON)
    };
    TRAINER = Principal {
        network: Network::Endpoint("10.20.9"),
        ..Principal::app("ops/recommendations-trainer", 12, PYTHON)
    };
    OBSERVER = Principal::app("ops/observability", 1, GO);
    DEPLOYER = Principal {
        network: Network::Addresses(&["198.51.100.12", "198.51.100.13"]),
        ..Principal::app("ci/deploy", 1, TERRAFORM)
    };
    BACKUP = Principal::of_service(
        "service-role/AWSBackupDefaultServiceRole", "backup.amazonaws.com", "AWSBackup-AWSBackupDefaultServiceRole",
    );
    AUTO_SCALING = Principal::of_service(
        concat!(
            "aws-service-role/dynamodb.application-autoscaling.amazonaws.com/",
            "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
        ),
        "dynamodb.application-autoscaling.amazonaws.com",
        "AutoScaling-UpdateTables",
    );
    SUPPORT = Principal::people(
        "SupportAgent",
        &[
            "mia.schulz@example.com",
            "jonas.wolf@example.com",
            "lea.brandt@example.com",
            "emre.kaya@example.com",
            "ida.holm@example.com",
        ],
    );
    ENGINEERS = Principal::people(
        "DataEngineer", &["alice.moreau@example.com", "tom.weber@example.com", "nora.lind@example.com"],
    );
    DEVELOPERS = Principal::people(
        "Developer",
        &["ben.okafor@example.com", "carla.rossi@example.com", "dan.novak@example.com", "eva.kovacs@example.com"],
    );
    ADMINS = Principal::people("Administrator", &["frida.berg@example.com", "georg.haas@example.com"]);
    ERP_SYNC = Principal {
        kind: Kind::User,
        network: Network::Addresses(&["198.51.100.40"]),
        ..Principal::app("integrations/erp-sync", 1, JAVA)
    };
    INTERN = Principal { kind: Kind::User, network: OFFICE, ..Principal::app("people/intern", 1, CLI) };
    CARRIER = Principal {
        kind: Kind::Partner,
        network: Network::Addresses(&["198.51.100.200"]),
        ..Principal::app("sync/carrier-portal", 1, JAVA)
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_forty_principals_each_with_a_name_of_its_own() {
        let names: std::collections::BTreeSet<&str> = ALL.iter().map(|principal| principal.name).collect();
        assert_eq!((names.len(), ALL.len()), (40, 40));
    }
}
