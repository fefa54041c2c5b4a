output "tablewarden" {
  description = "Everything that the module has to say."
  value       = module.tablewarden
}
